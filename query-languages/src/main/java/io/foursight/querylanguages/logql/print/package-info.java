/// From a syntax tree back to text, as Loki formats it.
package io.foursight.querylanguages.logql.print;
