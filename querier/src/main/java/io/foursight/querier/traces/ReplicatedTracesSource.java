package io.foursight.querier.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.MergingTracesCursor;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import io.foursight.model.traces.TracesUnions;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.Ingesters.Replica;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Recent traces from the ingesters of a ring, each span once: what several replicas have is told
/// by the spans themselves. Safe from any thread.
public final class ReplicatedTracesSource implements TracesSource {
  private final Ingesters<TracesSource> ingesters;

  public ReplicatedTracesSource(Ingesters<TracesSource> ingesters) {
    this.ingesters = ingesters;
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    List<Replica<TracesCursor>> replicas =
        ingesters.open(
            select.tenant(), select.budget(), source -> source.select(select), TracesCursor::close);
    return MergingTracesCursor.of(replicas.stream().<TracesCursor>map(Tolerated::new).toList());
  }

  private <T> List<T> each(TracesSelect select, Function<TracesSource, T> question) {
    return ingesters.each(select.tenant(), select.budget(), question).each();
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    return TracesUnions.candidates(each(select, source -> source.candidates(select, limit)), limit);
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    List<TracePieces> answers =
        ingesters
            .each(
                tenant,
                budget,
                source -> source.trace(tenant, id, startNanos, endNanos, maxBytes, budget))
            .each();
    return JoinedTrace.of(answers, maxBytes, budget);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    return TracesUnions.tagNames(each(select, source -> source.tagNames(select)));
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return TracesUnions.tagValues(
        each(select, source -> source.tagValues(field, select, limit)), limit);
  }

  /// What any of them covers: the others have what one covers in their heads, or in blocks of their
  /// own.
  @Override
  public Set<String> coveredBlocks(TracesSelect select) {
    var all = new HashSet<String>();
    each(select, source -> source.coveredBlocks(select)).forEach(all::addAll);
    return all;
  }

  /// One replica's pages; ends early when the replica fails and the others suffice.
  private static final class Tolerated implements TracesCursor {
    private final Replica<TracesCursor> replica;
    private final TracesCursor cursor;
    private boolean ended;

    Tolerated(Replica<TracesCursor> replica) {
      this.replica = replica;
      this.cursor = replica.opened();
    }

    @Override
    public boolean next() {
      if (ended) {
        return false;
      }
      try {
        ended = !cursor.next();
      } catch (RuntimeException e) {
        replica.failed(e);
        ended = true;
      }
      return !ended;
    }

    @Override
    public SpanPage page() {
      return cursor.page();
    }

    @Override
    public TracesStats scanned() {
      return cursor.scanned();
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
