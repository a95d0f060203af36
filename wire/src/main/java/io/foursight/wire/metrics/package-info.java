/// Metrics on the wire: remote write 1.0 and 2.0, remote read (both answer forms with the
/// Prometheus chunk encodings they carry).
///
/// Decoders fill a [io.foursight.model.metrics.MetricsBatch]; they are reused and owned by one
/// thread. Every malformed input is a `BAD_DATA` error that names the byte offset in the
/// uncompressed message.
package io.foursight.wire.metrics;
