/// Speed of PromQL evaluation over samples that are in memory already.
package io.foursight.benchmarks.promql;
