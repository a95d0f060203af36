/// Evaluates TraceQL over a [io.foursight.model.traces.TracesSource], on columns.
///
/// ```
/// search   candidates, newest first -> whole traces, batch by batch -> Spansets -> FoundTrace
/// metrics  spans one by one, or whole traces -> MetricGroups (raw) -> finish -> second stages, math
/// ```
package io.foursight.querylanguages.traceql.eval;
