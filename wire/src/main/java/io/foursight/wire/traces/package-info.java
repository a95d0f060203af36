/// Traces as others write and read them. Spans of Zipkin and Jaeger are rewritten to OTLP while
/// they are decoded, by the mapping of the [OpenTelemetry
/// Collector](https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/); a trace in
/// pieces is put together again by [io.foursight.wire.traces.TraceAssembler].
package io.foursight.wire.traces;
