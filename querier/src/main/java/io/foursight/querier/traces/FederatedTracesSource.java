package io.foursight.querier.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.MergingTracesCursor;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesTags;
import io.foursight.model.traces.TracesUnions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The traces of several tenants as one: a trace with spans of two tenants is one trace, as a call
/// that crosses them is one call. The tenant of a select does not count. Safe from any thread.
final class FederatedTracesSource implements TracesSource {
  private final TracesSource source;
  private final List<TenantId> tenants;

  FederatedTracesSource(TracesSource source, List<TenantId> tenants) {
    this.source = source;
    this.tenants = List.copyOf(tenants);
  }

  private <T> List<T> each(Function<TenantId, T> ask) {
    return tenants.stream().map(ask).toList();
  }

  private static TracesSelect of(TenantId tenant, TracesSelect select) {
    return new TracesSelect(
        tenant,
        select.startNanos(),
        select.endNanos(),
        select.ids(),
        select.filter(),
        select.wholeTraces(),
        select.fields(),
        select.withoutBlocks(),
        select.budget());
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    var cursors = new ArrayList<TracesCursor>();
    try {
      for (TenantId tenant : tenants) {
        cursors.add(source.select(of(tenant, select)));
      }
    } catch (RuntimeException e) {
      cursors.forEach(TracesCursor::close);
      throw e;
    }
    return MergingTracesCursor.of(cursors);
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    return TracesUnions.candidates(
        each(tenant -> source.candidates(of(tenant, select), limit)), limit);
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    return JoinedTrace.of(
        each(one -> source.trace(one, id, startNanos, endNanos, maxBytes, budget)),
        maxBytes,
        budget);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    return TracesUnions.tagNames(each(tenant -> source.tagNames(of(tenant, select))));
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return TracesUnions.tagValues(
        each(tenant -> source.tagValues(field, of(tenant, select), limit)), limit);
  }
}
