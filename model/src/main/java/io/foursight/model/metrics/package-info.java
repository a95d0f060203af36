/// Metrics vocabulary: the write batch, sample columns, native histograms, exemplars, metadata, and
/// the ports [io.foursight.model.metrics.MetricsSink], [io.foursight.model.metrics.MetricsSource]
/// and [io.foursight.model.metrics.MetricsQueryRunner]. Time is in milliseconds since the Unix
/// epoch.
package io.foursight.model.metrics;
