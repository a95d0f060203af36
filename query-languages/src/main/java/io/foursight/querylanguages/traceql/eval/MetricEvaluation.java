package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.TenantId;
import io.foursight.model.traces.PageFilter;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.TraceCandidates.Candidate;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.IntrinsicField;
import io.foursight.querylanguages.traceql.ast.Intrinsic;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.plan.Numbers;
import io.foursight.querylanguages.traceql.plan.PipelinePlan;
import java.util.ArrayList;
import java.util.List;

/// One metrics query. A span counts at its start. Where every span can be judged by itself, one
/// stream of spans is read; else the traces that may count are read whole, batch by batch.
final class MetricEvaluation {
  private static final int BATCH = 512;
  private static final int CANDIDATE_BYTES = 64;

  /// Attributes that `compare()` looks at.
  private static final int MAX_COMPARED = 2000;

  private final TracesSource source;
  private final Metrics request;
  private final Steps steps;
  private TracesStats stats = TracesStats.NONE;

  MetricEvaluation(TracesSource source, Metrics request) {
    this.source = source;
    this.request = request;
    this.steps = Steps.of(request.startNanos(), request.endNanos(), request.stepNanos());
  }

  TracesStats stats() {
    return stats;
  }

  Steps steps() {
    return steps;
  }

  List<StepSeries> series(Metric metric) {
    return switch (metric) {
      case Metric.Number _ -> List.of();
      case Metric.Spans spans -> counted(spans);
      case Metric.Staged(Metric operand, Metric.SecondStage stage) ->
          switch (stage) {
            case Metric.Top top -> SeriesMath.top(series(operand), top);
            case Metric.Keep keep -> SeriesMath.keep(series(operand), keep);
          };
      case Metric.Arithmetic(var operator, Metric left, Metric right) -> {
        if (left instanceof Metric.Number(var number)) {
          yield SeriesMath.scalar(operator, series(right), Numbers.of(number).orElseThrow(), true);
        }
        if (right instanceof Metric.Number(var number)) {
          yield SeriesMath.scalar(operator, series(left), Numbers.of(number).orElseThrow(), false);
        }
        yield SeriesMath.join(operator, series(left), series(right));
      }
    };
  }

  private List<StepSeries> counted(Metric.Spans spans) {
    var plan = PipelinePlan.of(spans.pipeline());
    var compiler = new FieldCompiler();
    SpanCounter counter =
        switch (spans.stage()) {
          case Metric.Aggregate aggregate ->
              new MetricGroups(aggregate, compiler, steps, request.exemplars(), request.budget());
          case Metric.Compare compare ->
              new CompareCounts(compare, compared(plan), compiler, steps, request.budget());
        };
    boolean oneByOne =
        plan.spanBySpan().isPresent() && plan.ids().isEmpty() && !needsTrace(spans.stage());
    if (oneByOne) {
      SpanTest test = compiler.test(plan.spanBySpan().get());
      boolean rooted = spans.stage() instanceof Metric.Compare;
      for (TracesSelect select : selects(plan, compiler)) {
        if (rooted) {
          rooted(withRoots(select), compiler, test, counter);
        } else {
          spans(select, test, counter);
        }
      }
    } else {
      var stages = new SpansetStages(spans.pipeline(), compiler);
      selects(plan, compiler)
          .forEach(select -> traces(select, plan, compiler, rows -> count(rows, stages, counter)));
    }
    return counter.series().stream().filter(s -> !s.isEmpty()).toList();
  }

  private static boolean needsTrace(Metric.FirstStage stage) {
    return switch (stage) {
      case Metric.Aggregate aggregate ->
          aggregate.field().filter(PipelinePlan::needsTrace).isPresent()
              || aggregate.by().stream().anyMatch(PipelinePlan::needsTrace);
      case Metric.Compare compare -> PipelinePlan.needsTrace(compare.selection().condition());
    };
  }

  private List<TracesSelect> selects(PipelinePlan plan, FieldCompiler compiler) {
    var selects = new ArrayList<TracesSelect>();
    for (TenantId tenant : request.tenants()) {
      selects.add(
          TracesSelect.spans(
              tenant,
              request.startNanos() + 1,
              request.endNanos() + 1,
              plan.filter(),
              compiler.columns(),
              request.budget()));
    }
    return selects;
  }

  private void spans(TracesSelect select, SpanTest test, SpanCounter counter) {
    try (var cursor = source.select(select)) {
      while (cursor.next()) {
        request.budget().check();
        SpanPage page = cursor.page();
        var rows = new Rows(page, 0, page.rows(), TraceShape.NONE);
        for (int row = 0; row < page.rows(); row++) {
          int step = steps.of(page.startNanos()[row]);
          if (step >= 0 && test.test(rows, row)) {
            counter.add(rows, row, step);
          }
        }
      }
      stats = stats.plus(cursor.scanned());
    }
  }

  /// The same spans, and the roots of their traces as far as they lie in the range.
  private static TracesSelect withRoots(TracesSelect select) {
    SpanFilter filter =
        PageFilter.isAll(select.filter())
            ? SpanFilter.ALL
            : new SpanFilter.Or(List.of(select.filter(), new SpanFilter.Root()));
    return TracesSelect.spans(
        select.tenant(),
        select.startNanos(),
        select.endNanos(),
        filter,
        select.fields(),
        select.budget());
  }

  /// Judges span by span, but knows the root beside each.
  private void rooted(
      TracesSelect select, FieldCompiler compiler, SpanTest test, SpanCounter counter) {
    try (var cursor = source.select(select)) {
      new TraceReader(compiler.columns(), false, request.budget())
          .read(
              cursor,
              rows -> {
                for (int row = rows.from(); row < rows.to(); row++) {
                  int step = steps.of(rows.page().startNanos()[row]);
                  if (step >= 0 && test.test(rows, row)) {
                    counter.add(rows, row, step);
                  }
                }
              });
      stats = stats.plus(cursor.scanned());
    }
  }

  private interface TraceUse {
    void use(Rows rows);
  }

  private void traces(
      TracesSelect select, PipelinePlan plan, FieldCompiler compiler, TraceUse use) {
    List<TraceId> ids = plan.ids().orElseGet(() -> candidates(select));
    long bytes = (long) CANDIDATE_BYTES * ids.size();
    request.budget().charge(bytes);
    try {
      for (int from = 0; from < ids.size(); from += BATCH) {
        List<TraceId> batch = ids.subList(from, Math.min(ids.size(), from + BATCH));
        try (var cursor = source.select(select.traces(batch))) {
          new TraceReader(compiler.columns(), compiler.usesTree(), request.budget())
              .read(cursor, use::use);
          stats = stats.plus(cursor.scanned());
        }
      }
    } finally {
      request.budget().release(bytes);
    }
  }

  private List<TraceId> candidates(TracesSelect select) {
    var found = source.candidates(select, 0);
    stats = stats.plus(found.scanned());
    return found.candidates().stream().map(Candidate::id).sorted().toList();
  }

  private void count(Rows rows, SpansetStages stages, SpanCounter counter) {
    for (SpanSetRows set : stages.run(rows)) {
      for (int span : set.spans()) {
        int row = rows.from() + span;
        int step = steps.of(rows.page().startNanos()[row]);
        if (step >= 0) {
          counter.add(rows, row, step);
        }
      }
    }
  }

  /// The fields that `compare()` counts: what tells spans apart but not each from all others.
  private List<FieldExpr.Field> compared(PipelinePlan plan) {
    var fields = new ArrayList<FieldExpr.Field>();
    for (Intrinsic each :
        List.of(
            Intrinsic.NAME,
            Intrinsic.KIND,
            Intrinsic.STATUS,
            Intrinsic.STATUS_MESSAGE,
            Intrinsic.ROOT_NAME,
            Intrinsic.ROOT_SERVICE,
            Intrinsic.INSTRUMENTATION_NAME,
            Intrinsic.INSTRUMENTATION_VERSION)) {
      fields.add(new IntrinsicField(each, false));
    }
    for (TracesSelect select : selects(plan, new FieldCompiler())) {
      for (TracesTags tags : source.tagNames(select)) {
        for (String name : tags.names()) {
          var field = new FieldExpr.Attribute(false, scope(tags.scope()), name);
          if (fields.size() < MAX_COMPARED && !fields.contains(field)) {
            fields.add(field);
          }
        }
      }
    }
    return fields;
  }

  private static FieldExpr.Scope scope(SpanField.Scope scope) {
    return FieldExpr.Scope.valueOf(scope.name());
  }
}
