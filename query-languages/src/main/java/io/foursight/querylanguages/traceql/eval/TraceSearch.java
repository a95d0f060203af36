package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceCandidates.Candidate;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesQueryRunner.Found;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesStats;
import io.foursight.querylanguages.traceql.ast.Pipeline;
import io.foursight.querylanguages.traceql.plan.PipelinePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/// One search. A trace is found when the query, over the whole trace, leaves a span that lies in
/// the range; it is as new as the latest start of such a span. Candidates come newest first by the
/// latest start of a span that may be left, which is never earlier; so a search is done when as
/// many traces are found as are wanted and none of them is older than the last candidate judged.
final class TraceSearch {
  private static final int FIRST_BATCH = 32;

  /// Candidates asked for at once, and traces read at once: both grow as a search goes on without
  /// finding enough, since every round looks at all data again.
  private static final int MAX_BATCH = 1 << 17;

  private static final int MAX_READ = 1 << 13;

  /// Order of answers: newest first, equal times by id.
  record Age(long startNanos, TraceId id) implements Comparable<Age> {
    @Override
    public int compareTo(Age other) {
      int byTime = Long.compare(other.startNanos, startNanos);
      return byTime != 0 ? byTime : id.compareTo(other.id);
    }
  }

  private final TracesSource source;
  private final Search search;
  private final int limit;
  private final Consumer<Found> progress;
  private final PipelinePlan plan;
  private final FieldCompiler compiler = new FieldCompiler();
  private final SpansetStages stages;
  private final FoundTraces answers;
  private final TreeMap<Age, FoundTrace> found = new TreeMap<>();
  private TracesStats stats = TracesStats.NONE;

  TraceSearch(TracesSource source, Pipeline pipeline, Search search, Consumer<Found> progress) {
    this.source = source;
    this.search = search;
    this.limit = search.limit() > 0 ? search.limit() : Integer.MAX_VALUE;
    this.progress = progress;
    this.plan = PipelinePlan.of(pipeline);
    this.stages = new SpansetStages(pipeline, compiler);
    this.answers = new FoundTraces(PipelinePlan.read(pipeline), compiler, search.spansPerSpanSet());
  }

  Found run() {
    for (TenantId tenant : search.tenants()) {
      var select =
          TracesSelect.spans(
              tenant,
              search.startNanos(),
              search.endNanos(),
              plan.filter(),
              compiler.columns(),
              search.budget());
      if (plan.ids().isPresent()) {
        judge(select, plan.ids().get());
      } else {
        newestFirst(select);
      }
    }
    return new Found(List.copyOf(found.values()), stats);
  }

  private void newestFirst(TracesSelect select) {
    var seen = new SeenTraces(search.budget());
    long end = select.endNanos();
    int batch = (int) Math.clamp(2L * limit, FIRST_BATCH, MAX_READ);
    try {
      while (true) {
        TraceCandidates next =
            source.candidates(select.range(select.startNanos(), end), seen.size() + batch);
        stats = stats.plus(next.scanned());
        List<Candidate> fresh = next.candidates().stream().filter(c -> seen.add(c.id())).toList();
        int read = Math.min(batch, MAX_READ);
        for (int from = 0; from < fresh.size(); from += read) {
          List<Candidate> some = fresh.subList(from, Math.min(fresh.size(), from + read));
          judge(select, some.stream().map(Candidate::id).sorted().toList());
          if (isDone(some.getLast())) {
            return;
          }
        }
        if (next.complete() || next.candidates().isEmpty() || isDone(next.candidates().getLast())) {
          return;
        }
        // Whoever was not seen has no later span that may match.
        end = Math.min(end, next.candidates().getLast().startNanos() + 1);
        batch = Math.min(MAX_BATCH, 4 * batch);
      }
    } finally {
      seen.release();
    }
  }

  /// Whether nobody behind a candidate can be newer than what is found.
  private boolean isDone(Candidate last) {
    return found.size() >= limit
        && found.lastKey().compareTo(new Age(last.startNanos(), last.id())) <= 0;
  }

  private void judge(TracesSelect select, List<TraceId> ids) {
    for (int from = 0; from < ids.size(); from += MAX_READ) {
      List<TraceId> batch = ids.subList(from, Math.min(ids.size(), from + MAX_READ));
      var fresh = new ArrayList<Age>();
      try (var cursor = source.select(select.traces(batch))) {
        new TraceReader(compiler.columns(), compiler.usesTree(), search.budget())
            .read(cursor, rows -> judge(rows, fresh));
        stats = stats.plus(cursor.scanned());
      }
      var shown = fresh.stream().filter(found::containsKey).sorted().map(found::get).toList();
      if (!shown.isEmpty()) {
        progress.accept(new Found(shown, stats));
      }
    }
  }

  private void judge(Rows rows, List<Age> fresh) {
    List<SpanSetRows> sets = stages.run(rows);
    long newest = newest(rows, sets);
    if (newest == Long.MIN_VALUE) {
      return;
    }
    SpanPage page = rows.page();
    var age =
        new Age(newest, new TraceId(page.traceHighs()[rows.from()], page.traceLows()[rows.from()]));
    if (found.size() >= limit && found.lastKey().compareTo(age) <= 0) {
      return;
    }
    found.put(age, answers.make(rows, sets));
    fresh.add(age);
    if (found.size() > limit) {
      found.pollLastEntry();
    }
  }

  private long newest(Rows rows, List<SpanSetRows> sets) {
    SpanPage page = rows.page();
    long newest = Long.MIN_VALUE;
    for (SpanSetRows set : sets) {
      for (int span : set.spans()) {
        long start = page.startNanos()[rows.from() + span];
        long end = page.endNanos()[rows.from() + span];
        if (start > newest
            && start < search.endNanos()
            && Math.max(start, end) >= search.startNanos()) {
          newest = start;
        }
      }
    }
    return newest;
  }

  /// Ids of traces that were judged, charged to the budget.
  private static final class SeenTraces {
    private static final int BYTES = 80;

    private final QueryBudget budget;
    private final HashSet<TraceId> ids = new HashSet<>();

    SeenTraces(QueryBudget budget) {
      this.budget = budget;
    }

    boolean add(TraceId id) {
      if (!ids.add(id)) {
        return false;
      }
      budget.charge(BYTES);
      return true;
    }

    int size() {
      return ids.size();
    }

    void release() {
      budget.release((long) BYTES * ids.size());
    }
  }
}
