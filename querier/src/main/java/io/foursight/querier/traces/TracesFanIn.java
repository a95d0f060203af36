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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Recent and historic traces read as one: each span once.
///
/// The heads are asked first, and the blocks without those that the heads answered for. What a head
/// covers may change while it is asked (it lets go of a segment when the store-gateway has its
/// block), so it is looked at before and after: only what is in both was surely in the answer, and
/// when they differ the head is asked again, a few times. What is still read twice is told by the
/// spans themselves. Safe from any thread. One failing Source fails the call.
public final class TracesFanIn implements TracesSource {
  private static final int ATTEMPTS = 3;

  private final TracesSource recent;
  private final TracesSource historic;

  public TracesFanIn(TracesSource recent, TracesSource historic) {
    this.recent = recent;
    this.historic = historic;
  }

  /// An answer of the heads.
  ///
  /// @param covered blocks that it stands for
  private record Recent<T>(T answer, Set<String> covered) {}

  private <T> Recent<T> recent(
      TracesSelect select, Function<TracesSelect, T> ask, Consumer<T> discard) {
    Set<String> before = recent.coveredBlocks(select);
    for (int attempt = 1; ; attempt++) {
      T answer = ask.apply(select);
      Set<String> after = recent.coveredBlocks(select);
      // New segments of the head are of no account: their spans came after the call began.
      if (after.containsAll(before)) {
        return new Recent<>(answer, before);
      }
      if (attempt == ATTEMPTS) {
        var both = new HashSet<>(before);
        both.retainAll(after);
        return new Recent<>(answer, both);
      }
      discard.accept(answer);
      before = after;
    }
  }

  private <T> List<T> both(
      TracesSelect select, Function<TracesSource, Function<TracesSelect, T>> ask) {
    Recent<T> first = recent(select, ask.apply(recent), unused -> {});
    T second = ask.apply(historic).apply(select.withoutBlocks(first.covered()));
    return List.of(first.answer(), second);
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    Recent<TracesCursor> first = recent(select, recent::select, TracesCursor::close);
    try {
      TracesCursor second = historic.select(select.withoutBlocks(first.covered()));
      return MergingTracesCursor.of(List.of(first.answer(), second));
    } catch (RuntimeException e) {
      first.answer().close();
      throw e;
    }
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    return TracesUnions.candidates(both(select, source -> s -> source.candidates(s, limit)), limit);
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    // In this order: what a head lets go of meanwhile is in the blocks by then.
    TracePieces heads = recent.trace(tenant, id, startNanos, endNanos, maxBytes, budget);
    TracePieces blocks = historic.trace(tenant, id, startNanos, endNanos, maxBytes, budget);
    return JoinedTrace.of(List.of(heads, blocks), maxBytes, budget);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    return TracesUnions.tagNames(both(select, source -> source::tagNames));
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return TracesUnions.tagValues(
        both(select, source -> s -> source.tagValues(field, s, limit)), limit);
  }
}
