package io.foursight.model.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;
import java.util.Set;

/// Reads traces: a head, a block, a remote peer, a merge of several, a test fake. Safe from any
/// thread. An unknown tenant has no data. What was acknowledged before the call began is seen. A
/// Source never writes.
///
/// Errors: `FoursightException` with `CANCELED`, `TIMEOUT` or `QUERY_LIMIT` from the budget,
/// `UNAVAILABLE` when data that may match cannot be reached, `CORRUPT` when they fail their
/// checksums.
public interface TracesSource {
  /// Spans; of the select everything counts.
  TracesCursor select(TracesSelect select);

  /// The newest `limit` traces that have a span passing range and filter (or, as the filter is only
  /// a hint, that may have one). `ids`, `wholeTraces` and `fields` do not count.
  ///
  /// @param limit 0 = all; charged to the budget
  TraceCandidates candidates(TracesSelect select, int limit);

  /// Everything that is stored of one trace. A merge of Sources answers each span once.
  ///
  /// @param startNanos a hint: pieces known to lie wholly outside the range may be left out
  /// @param maxBytes stop beyond this many bytes of pieces; 0 = no bound
  TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget);

  /// Names of attributes of spans in the range, a list for each scope that has any (in the order of
  /// the scopes), as far as the Source can cheaply tell (never missing one). With a filter: of
  /// spans that pass.
  List<TracesTags> tagNames(TracesSelect select);

  /// Distinct values of one field of spans in the range that pass the filter, at most `limit`, in
  /// any order. Never missing one while there are fewer.
  List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit);

  /// Blocks whose spans this Source answers itself although they are listed already: what the asker
  /// puts in [TracesSelect#withoutBlocks] of other Sources, **before** it asks them. Only heads
  /// have any.
  default Set<String> coveredBlocks(TracesSelect select) {
    return Set.of();
  }
}
