/// Arithmetic and statistics of native histograms, and quantiles of classic buckets, as PromQL
/// defines them. Follows Prometheus's native histogram specification, version 1.0.
package io.foursight.querylanguages.promql.histogram;
