package io.foursight.model.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;
import java.util.Set;

/// What is asked of a [TracesSource]: spans of one tenant that overlap `[startNanos, endNanos)`
/// (start before the end of the range, end not before its start; a span that ends before it starts
/// counts at its start).
///
/// @param ids when not empty, ascending: only these traces, **at any time** (the range is a hint
///   that must not lose a span)
/// @param filter spans that fail it may be left out
/// @param wholeTraces when a span of a trace passes range and filter, all of this Source's spans of
///   that trace come
/// @param fields columns of the pages, in this order
/// @param withoutBlocks blocks that a Source of historic data must leave out, because the asker has
///   their spans from a head
public record TracesSelect(
    TenantId tenant,
    long startNanos,
    long endNanos,
    List<TraceId> ids,
    SpanFilter filter,
    boolean wholeTraces,
    List<SpanField> fields,
    Set<String> withoutBlocks,
    QueryBudget budget) {
  public TracesSelect {
    ids = List.copyOf(ids);
    fields = List.copyOf(fields);
    withoutBlocks = Set.copyOf(withoutBlocks);
  }

  /// Spans in the range that may pass the filter.
  public static TracesSelect spans(
      TenantId tenant,
      long startNanos,
      long endNanos,
      SpanFilter filter,
      List<SpanField> fields,
      QueryBudget budget) {
    return new TracesSelect(
        tenant, startNanos, endNanos, List.of(), filter, false, fields, Set.of(), budget);
  }

  /// All spans of some traces.
  public TracesSelect traces(List<TraceId> wanted) {
    return new TracesSelect(
        tenant, startNanos, endNanos, wanted, SpanFilter.ALL, true, fields, withoutBlocks, budget);
  }

  /// The same of another piece of time.
  public TracesSelect range(long newStartNanos, long newEndNanos) {
    return new TracesSelect(
        tenant,
        newStartNanos,
        newEndNanos,
        ids,
        filter,
        wholeTraces,
        fields,
        withoutBlocks,
        budget);
  }

  public TracesSelect withoutBlocks(Set<String> blocks) {
    return new TracesSelect(
        tenant, startNanos, endNanos, ids, filter, wholeTraces, fields, blocks, budget);
  }

  public boolean overlaps(long spanStartNanos, long spanEndNanos) {
    return spanStartNanos < endNanos && Math.max(spanStartNanos, spanEndNanos) >= startNanos;
  }
}
