/// OTLP as senders write it: JSON and protobuf requests, the answers, and the translation of
/// metrics into a [io.foursight.model.metrics.MetricsBatch]. Requests are parsed with the generated
/// classes of opentelemetry-proto; names follow the OpenTelemetry specification "Prometheus and
/// OpenMetrics Compatibility".
package io.foursight.wire.otlp;
