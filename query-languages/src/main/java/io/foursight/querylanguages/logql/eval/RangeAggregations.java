package io.foursight.querylanguages.logql.eval;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.ast.RangeAggregator;
import io.foursight.querylanguages.logql.pipeline.Pipeline;
import io.foursight.querylanguages.logql.pipeline.PipelineRun;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

/// Aggregates the entries of ranges. The time of a query is cut into as many parts as there are
/// free processors; each part is read and aggregated by itself, then the parts are joined.
final class RangeAggregations {
  /// Entries whose reading is worth a thread.
  private static final long ENTRIES_A_PART = 50_000;

  private final EvaluationContext context;
  private final StepTimes steps;

  RangeAggregations(EvaluationContext context, StepTimes steps) {
    this.context = context;
    this.steps = steps;
  }

  /// Whether the sum over series of this aggregation is the aggregation over all of their entries.
  static boolean addsUp(RangeAggregation expr) {
    return switch (expr.operator()) {
      case COUNT_OVER_TIME, RATE, BYTES_OVER_TIME, BYTES_RATE, SUM_OVER_TIME -> true;
      default -> false;
    };
  }

  /// @param outer the grouping of a sum above, which then is carried out here
  List<SampleSeries> evaluate(RangeAggregation expr, Optional<Grouping> outer) {
    WindowPlan plan = WindowPlan.of(steps, expr.range());
    Optional<Grouping> grouping =
        withoutUnwrapped(expr, outer.isPresent() ? outer : expr.grouping());
    boolean absence = expr.operator() == RangeAggregator.ABSENT_OVER_TIME;
    Optional<Grouping> kept = absence ? Optional.of(new Grouping(List.of(), false)) : grouping;
    SeriesTable table = collect(expr, plan, kept);
    if (absence) {
      return absent(expr.range().query(), table);
    }
    var out = new ArrayList<SampleSeries>(table.entries().size());
    for (SeriesTable.Entry entry : table.entries()) {
      double[] values = entry.accumulator.values();
      context.budget().charge(64 + 8L * values.length);
      var series = new SampleSeries(entry.labels, values);
      if (!series.isEmpty()) {
        out.add(series);
      }
    }
    table.entries().forEach(e -> context.budget().release(e.accumulator.sizeBytes()));
    return out;
  }

  /// The label that was unwrapped names no series, unless a `by` asks for it.
  private static Optional<Grouping> withoutUnwrapped(
      RangeAggregation expr, Optional<Grouping> grouping) {
    if (expr.range().unwrap().isEmpty() || grouping.filter(g -> !g.without()).isPresent()) {
      return grouping;
    }
    var dropped = new ArrayList<>(grouping.map(Grouping::labels).orElse(List.of()));
    dropped.add(expr.range().unwrap().get().label());
    return Optional.of(new Grouping(dropped, true));
  }

  /// 1 where there is no entry at all, with the labels that the selector fixes.
  private List<SampleSeries> absent(LogQuery query, SeriesTable table) {
    var labels = new TreeMap<String, String>();
    Set<String> ambiguous = new HashSet<>();
    for (LabelMatcher matcher : query.matchers()) {
      boolean fixed = matcher.type() == LabelMatcher.Type.EQUAL;
      if (!fixed || labels.put(matcher.name(), matcher.value()) != null) {
        ambiguous.add(matcher.name());
      }
    }
    labels.keySet().removeAll(ambiguous);
    SampleSeries series = SampleSeries.empty(Labels.of(labels), steps.count());
    double[] present =
        table.entries().isEmpty()
            ? series.values().clone()
            : table.entries().getFirst().accumulator.values();
    for (int i = 0; i < present.length; i++) {
      series.values()[i] = SampleSeries.isAbsent(present[i]) ? 1 : SampleSeries.ABSENT;
    }
    return series.isEmpty() ? List.of() : List.of(series);
  }

  private SeriesTable collect(RangeAggregation expr, WindowPlan plan, Optional<Grouping> grouping) {
    LogQuery query = expr.range().query();
    Pipeline pipeline =
        Pipeline.compile(
            query.stages(),
            expr.range().unwrap(),
            grouping.filter(g -> !g.without()).map(g -> Set.copyOf(g.labels())),
            context.clock());
    var part = new Part(expr, plan, grouping, pipeline);
    if (steps.count() == 0) {
      return part.table(pipeline.start());
    }
    long first = plan.firstNanos();
    long last = plan.lastNanos();
    int parts = parts(query, first, last);
    List<FutureTask<SeriesTable>> tasks = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      long from = first + (last - first + 1) / parts * i;
      long to = i == parts - 1 ? last + 1 : first + (last - first + 1) / parts * (i + 1);
      tasks.add(new FutureTask<>(() -> part.read(from, to)));
    }
    for (FutureTask<SeriesTable> task : tasks.subList(1, tasks.size())) {
      try {
        context.helpers().execute(task);
      } catch (RejectedExecutionException e) {
        // Nobody is free: it is run here, below.
      }
    }
    return joined(tasks);
  }

  /// How many parts are worth it.
  private int parts(LogQuery query, long first, long last) {
    int processors = Runtime.getRuntime().availableProcessors();
    if (processors == 1) {
      return 1;
    }
    long entries =
        context
            .source()
            .stats(
                new LogsSelect(
                    context.tenant(), first, last + 1, query.matchers(), context.budget()))
            .entries();
    return (int) Math.max(1, Math.min(processors, entries / ENTRIES_A_PART));
  }

  /// In order of time, so that of equal times the first stays the first.
  private SeriesTable joined(List<FutureTask<SeriesTable>> tasks) {
    try {
      // A task that a helper has taken is not run again.
      tasks.forEach(FutureTask::run);
      SeriesTable all = tasks.getFirst().get();
      for (FutureTask<SeriesTable> task : tasks.subList(1, tasks.size())) {
        all.merge(task.get());
      }
      return all;
    } catch (ExecutionException e) {
      context.budget().check();
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      context.budget().cancel();
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while evaluating a query");
    } catch (CancellationException e) {
      throw FoursightException.unavailable("the querier is stopping");
    }
  }

  /// The work on one part of the time.
  private final class Part {
    private final RangeAggregation expr;
    private final WindowPlan plan;
    private final Optional<Grouping> grouping;
    private final Pipeline pipeline;
    private final boolean bytes;

    Part(RangeAggregation expr, WindowPlan plan, Optional<Grouping> grouping, Pipeline pipeline) {
      this.expr = expr;
      this.plan = plan;
      this.grouping = grouping;
      this.pipeline = pipeline;
      this.bytes =
          expr.operator() == RangeAggregator.BYTES_OVER_TIME
              || expr.operator() == RangeAggregator.BYTES_RATE;
    }

    SeriesTable table(PipelineRun run) {
      return new SeriesTable(
          run,
          grouping,
          () -> {
            Accumulator accumulator = Accumulators.of(expr, plan);
            context.budget().charge(accumulator.sizeBytes());
            return accumulator;
          });
    }

    /// @param from inclusive
    /// @param to exclusive
    SeriesTable read(long from, long to) {
      PipelineRun run = pipeline.start();
      SeriesTable table = table(run);
      try (var reader =
          new EntryReader(
              context,
              expr.range().query().matchers(),
              pipeline,
              from,
              to,
              pipeline.columns(false, bytes),
              Direction.FORWARD,
              0)) {
        while (reader.next()) {
          page(reader, run, table);
        }
      }
      return table;
    }

    private void page(EntryReader reader, PipelineRun run, SeriesTable table) {
      LogsPage page = reader.page();
      run.page(page);
      long charged = 0;
      for (int row = 0; row < page.rows(); row++) {
        if (!reader.counts(row) || !run.row(row)) {
          continue;
        }
        if (!run.labels().error().isEmpty()) {
          throw pipelineError(run);
        }
        SeriesTable.Entry series = table.ofEntry();
        long before = series.accumulator.sizeBytes();
        series.accumulator.add(run.timestampNanos(), bytes ? run.lineLength() : run.value());
        charged += series.accumulator.sizeBytes() - before;
      }
      context.budget().charge(charged);
    }

    private FoursightException pipelineError(PipelineRun run) {
      String error = run.labels().error();
      return new FoursightException(
          ErrorKind.EXECUTION,
          "pipeline error: '"
              + error
              + "' for series: '"
              + run.labels().all()
              + "'. Leave entries with errors out with the label filter | __error__=\"\" (after"
              + " unwrap as well), or drop the error with | drop __error__, __error_details__");
    }
  }
}
