/// The write door of traces: OTLP, Zipkin and Jaeger, admission, limits, and the sink.
package io.foursight.distributor.traces;
