/// PromQL of Prometheus 3.14.
package io.foursight.querylanguages.promql;
