/// Traces: batches of spans as they are written, columns of spans as they are read, and the ports
/// between the components.
///
/// ```
/// write  TracesBatch (OTLP spans as bytes, with ids and times) -> TracesSink
/// read   TracesSelect (range or ids, filter, fields) -> TracesSource -> TracesCursor of SpanPage
/// query  TraceQL -> TracesQueryRunner -> FoundTrace, TracesSeries
/// ```
///
/// A trace may lie in pieces in several Sources (heads, blocks, replicas). Who needs whole traces
/// first asks every Source for candidates, then every Source for all spans of those traces. Ids are
/// compared as unsigned big-endian numbers.
package io.foursight.model.traces;
