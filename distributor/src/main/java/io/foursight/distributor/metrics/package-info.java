/// Metrics at the write door: remote write and OTLP routes, validation of series and samples, HA
/// deduplication, rate limits, and the hand-over to the [io.foursight.model.metrics.MetricsSink].
package io.foursight.distributor.metrics;
