package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.Aggregator;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.Position;
import io.foursight.querylanguages.promql.functions.AnnotationTexts;
import io.foursight.querylanguages.promql.functions.Quantile;
import io.foursight.querylanguages.promql.histogram.HistogramMath;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import io.foursight.querylanguages.text.GoFloats;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Evaluates one aggregation.
final class Aggregations {
  private static final int MAX_KNOWN_LABELS = 4096;

  private final Evaluator evaluator;
  private final QueryContext query;
  private final Expr.Aggregation expr;
  private final Set<String> dropped;

  Aggregations(Evaluator evaluator, Expr.Aggregation expr) {
    this.evaluator = evaluator;
    this.query = evaluator.query();
    this.expr = expr;
    this.dropped = new HashSet<>(expr.grouping());
    this.dropped.addAll(QueryContext.METADATA_LABELS);
  }

  SeriesStream evaluate() {
    return switch (expr.operator()) {
      case SUM, AVG, MIN, MAX, COUNT, GROUP, STDDEV, STDVAR -> streamed();
      case QUANTILE -> quantile();
      case COUNT_VALUES -> countValues();
      case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO -> selection();
    };
  }

  /// For an aggregation that looks at nothing but the labels of its groups and at all series alike.
  private SeriesStream input() {
    return evaluator
        .ordered(true)
        .vector(
            expr.expr(), new Hints(expr.operator().word(), expr.grouping(), !expr.without(), true));
  }

  /// For one that chooses series: of equal ones the first.
  private SeriesStream orderedInput() {
    return evaluator
        .ordered(false)
        .vector(
            expr.expr(),
            new Hints(expr.operator().word(), expr.grouping(), !expr.without(), false));
  }

  /// Groups found in any order, for a parent who wants a certain one: by their labels.
  private List<StepSeries> inOrder(List<StepSeries> groups) {
    if (evaluator.isAnyOrder()) {
      return groups;
    }
    var sorted = new ArrayList<>(groups);
    sorted.sort(Comparator.comparing(StepSeries::labels));
    return sorted;
  }

  private Labels groupLabels(Labels labels) {
    if (expr.without()) {
      return labels.drop(dropped);
    }
    return expr.grouping().isEmpty() ? Labels.EMPTY : labels.keep(expr.grouping());
  }

  private SeriesStream streamed() {
    var groups = new LinkedHashMap<Labels, GroupAccumulator>();
    // Sources that group give the same labels again and again.
    var known = new IdentityHashMap<Labels, GroupAccumulator>();
    long bytes = 96 + 24L * evaluator.steps().count();
    long charged = 0;
    try (var input = input()) {
      while (input.next()) {
        StepSeries series = input.get();
        GroupAccumulator group = known.get(series.labels());
        if (group == null) {
          group = groups.computeIfAbsent(groupLabels(series.labels()), l -> accumulator(l, series));
          if (bytes * groups.size() > charged) {
            query.budget().charge(bytes);
            charged += bytes;
          }
          if (known.size() < MAX_KNOWN_LABELS) {
            known.put(series.labels(), group);
          }
        }
        group.add(series);
      }
    } finally {
      query.budget().release(charged);
    }
    return SeriesStream.of(
        inOrder(groups.values().stream().map(GroupAccumulator::result).toList()));
  }

  private GroupAccumulator accumulator(Labels labels, StepSeries first) {
    int steps = evaluator.steps().count();
    return GroupAccumulator.of(expr, labels, first.dropName(), steps, query.annotations());
  }

  /// A group of series that are all needed at once.
  private record Members(Labels labels, boolean dropName, List<StepSeries> series) {}

  private Collection<Members> members(List<StepSeries> all) {
    var groups = new LinkedHashMap<Labels, Members>();
    for (StepSeries series : all) {
      groups
          .computeIfAbsent(
              groupLabels(series.labels()),
              labels -> new Members(labels, series.dropName(), new ArrayList<>()))
          .series
          .add(series);
    }
    return groups.values();
  }

  private SeriesStream quantile() {
    Expr parameter = expr.parameter().orElseThrow();
    double[] q = evaluator.scalar(parameter);
    for (double value : q) {
      if (!(value >= 0 && value <= 1)) {
        query
            .annotations()
            .warn(
                "quantile value should be between 0 and 1, got " + AnnotationTexts.number(value),
                parameter.position());
      }
    }
    try (var held = Held.of(query, input())) {
      var results = new ArrayList<StepSeries>();
      for (Members group : members(held.series())) {
        var out = StepSeries.empty(group.labels, group.dropName, q.length);
        var scratch = new double[group.series.size()];
        for (int step = 0; step < q.length; step++) {
          int n = 0;
          for (StepSeries series : group.series) {
            if (series.isFloat(step)) {
              scratch[n++] = series.value(step);
            } else if (series.isHistogram(step)) {
              noteIgnoredHistogram(expr.expr().position());
            }
          }
          if (n > 0) {
            out.set(step, Quantile.of(q[step], scratch, n));
          }
        }
        results.add(out);
      }
      return SeriesStream.of(inOrder(results));
    }
  }

  private void noteIgnoredHistogram(Position position) {
    query
        .annotations()
        .info("ignored histogram in " + expr.operator().word() + " aggregation", position);
  }

  private SeriesStream countValues() {
    String label = Evaluator.text(expr.parameter().orElseThrow());
    if (label.isEmpty() || label.indexOf('\uFFFD') >= 0) {
      // What is no UTF-8 is shown as it was written.
      throw QueryContext.failure(
          "invalid label name "
              + (label.isEmpty()
                  ? "\"\""
                  : query
                      .annotations()
                      .source(expr.parameter().orElseThrow().unwrapParens().position())));
    }
    var kept = new TreeSet<>(expr.grouping());
    kept.add(label);
    int steps = evaluator.steps().count();
    var groups = new LinkedHashMap<Labels, StepSeries>();
    try (var input = input()) {
      while (input.next()) {
        StepSeries series = input.get();
        for (int step = 0; step < steps; step++) {
          if (!series.isPresent(step)) {
            continue;
          }
          Labels marked = series.labels().with(label, text(series, step));
          Labels labels = expr.without() ? marked.drop(dropped) : marked.keep(kept);
          StepSeries group =
              groups.computeIfAbsent(labels, l -> StepSeries.empty(l, series.dropName(), steps));
          group.set(step, group.isFloat(step) ? group.value(step) + 1 : 1);
        }
      }
    }
    return SeriesStream.of(inOrder(List.copyOf(groups.values())));
  }

  private static String text(StepSeries series, int step) {
    if (series.isHistogram(step)) {
      return HistogramMath.text(series.histogram(step).orElseThrow());
    }
    return GoFloats.plain(series.value(step));
  }

  private SeriesStream selection() {
    Expr parameter = expr.parameter().orElseThrow();
    double[] values = evaluator.scalar(parameter);
    if (expr.operator() == Aggregator.LIMIT_RATIO) {
      for (double value : values) {
        if (Double.isNaN(value)) {
          throw QueryContext.failure("Ratio value is NaN");
        }
      }
      return limitRatio(parameter, values);
    }
    double greatest = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isNaN(value)) {
        throw QueryContext.failure("Parameter value is NaN");
      }
      greatest = Math.max(greatest, value);
      if (value <= -0x1p63) {
        throw QueryContext.failure(
            "Scalar value " + AnnotationTexts.number(value) + " underflows int64");
      }
      if (value >= 0x1p63) {
        throw QueryContext.failure(
            "Scalar value " + AnnotationTexts.number(value) + " overflows int64");
      }
    }
    if (greatest < 1) {
      return SeriesStream.empty();
    }
    try (var held = Held.of(query, orderedInput())) {
      var results = new ArrayList<StepSeries>();
      for (Members group : members(held.series())) {
        var chosen = new GroupSelection(group.series);
        for (int step = 0; step < values.length; step++) {
          long k = (long) values[step];
          switch (expr.operator()) {
            case TOPK -> chosen.best(step, k, true);
            case BOTTOMK -> chosen.best(step, k, false);
            default -> chosen.first(step, k);
          }
        }
        if (chosen.ignoredHistograms()) {
          noteIgnoredHistogram(expr.position());
        }
        results.addAll(chosen.result());
      }
      return SeriesStream.of(results);
    }
  }

  private SeriesStream limitRatio(Expr parameter, double[] ratios) {
    for (int step = 0; step < ratios.length; step++) {
      if (Math.abs(ratios[step]) > 1) {
        double capped = Math.signum(ratios[step]);
        query
            .annotations()
            .warn(
                "ratio value should be between -1 and 1, got "
                    + AnnotationTexts.number(ratios[step])
                    + ", capping to "
                    + AnnotationTexts.number(capped),
                parameter.position());
        ratios[step] = capped;
      }
    }
    return orderedInput()
        .map(series -> {
          double place = LabelsHash.ratio(series.labels());
          for (int step = 0; step < ratios.length; step++) {
            double r = ratios[step];
            if (r >= 0 ? place >= r : place < 1 + r) {
              series.clear(step);
            }
          }
          return series;
        });
  }
}
