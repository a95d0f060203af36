/// LogQL: the query language of Loki.
package io.foursight.querylanguages.logql;
