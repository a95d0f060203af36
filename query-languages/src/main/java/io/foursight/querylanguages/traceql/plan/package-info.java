/// What of a query Sources can do: a [io.foursight.model.traces.SpanFilter] that never loses a
/// match, the trace ids that it names, whether spans can be judged one by one.
package io.foursight.querylanguages.traceql.plan;
