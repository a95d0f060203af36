package io.foursight.querier.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
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
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querier.replication.StoreGateways.Read;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// Historic traces from the store-gateways of a ring, each block once and each span once: blocks as
/// ingesters cut them have the same spans as those of other replicas, which is told by the spans
/// themselves. Traces that are named are looked for in blocks of any time. Safe from any thread.
public final class ShardedTracesBlocks implements TracesSource {
  private static final long NANOS = 1_000_000;

  private final StoreGateways<TracesSource> gateways;

  public ShardedTracesBlocks(StoreGateways<TracesSource> gateways) {
    this.gateways = gateways;
  }

  private static TimeRange range(long startNanos, long endNanos) {
    return new TimeRange(Math.floorDiv(startNanos, NANOS), Math.floorDiv(endNanos - 1, NANOS));
  }

  private <R> List<R> parts(
      TracesSelect select,
      boolean anyTime,
      Function<TracesSource, R> question,
      Consumer<R> discard) {
    if (!anyTime && select.startNanos() >= select.endNanos()) {
      return List.of();
    }
    return gateways
        .read(
            new Read<>(
                select.tenant(),
                anyTime ? TimeRange.ALL : range(select.startNanos(), select.endNanos()),
                select.budget(),
                block -> !select.withoutBlocks().contains(block.id()),
                question,
                discard))
        .parts();
  }

  private <R> List<R> parts(TracesSelect select, Function<TracesSource, R> question) {
    return parts(select, false, question, unused -> {});
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    return MergingTracesCursor.of(
        parts(
            select, !select.ids().isEmpty(), source -> source.select(select), TracesCursor::close));
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    return TracesUnions.candidates(
        parts(select, source -> source.candidates(select, limit)), limit);
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    Read<TracesSource, TracePieces> read =
        new Read<>(
            tenant,
            startNanos < endNanos ? range(startNanos, endNanos) : TimeRange.ALL,
            budget,
            block -> true,
            source -> source.trace(tenant, id, startNanos, endNanos, maxBytes, budget),
            unused -> {});
    return JoinedTrace.of(gateways.read(read).parts(), maxBytes, budget);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    return TracesUnions.tagNames(parts(select, source -> source.tagNames(select)));
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return TracesUnions.tagValues(
        parts(select, source -> source.tagValues(field, select, limit)), limit);
  }
}
