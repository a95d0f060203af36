package io.foursight.querier.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceCandidates.Candidate;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import java.util.List;

/// A Source that knows of one trace only: a search over it looks at that trace, whatever its time.
final class OneTrace implements TracesSource {
  private final TracesSource source;
  private final TraceId id;

  OneTrace(TracesSource source, TraceId id) {
    this.source = source;
    this.id = id;
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    return source.select(select.traces(List.of(id)));
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    return new TraceCandidates(List.of(new Candidate(id, Long.MAX_VALUE)), true, TracesStats.NONE);
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId wanted,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    return source.trace(tenant, wanted, startNanos, endNanos, maxBytes, budget);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    return source.tagNames(select);
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return source.tagValues(field, select, limit);
  }
}
