package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.promql.ast.BinaryOperator;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.ast.VectorMatching;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/// Evaluates one binary operator.
final class Binaries {
  private final Evaluator evaluator;
  private final QueryContext query;
  private final Expr.Binary expr;
  private final BinaryOperator operator;

  Binaries(Evaluator evaluator, Expr.Binary expr) {
    this.evaluator = evaluator;
    this.query = evaluator.query();
    this.expr = expr;
    this.operator = expr.operator();
  }

  double[] scalar() {
    double[] l = evaluator.scalar(expr.left());
    double[] r = evaluator.scalar(expr.right());
    for (int i = 0; i < l.length; i++) {
      l[i] =
          operator.isComparison()
              ? BinaryElement.compare(operator, l[i], r[i]) ? 1 : 0
              : BinaryElement.arithmetic(operator, l[i], r[i]);
    }
    return l;
  }

  SeriesStream vector() {
    if (evaluator.isScalar(expr.left())) {
      return withScalar(expr.right(), evaluator.scalar(expr.left()), true);
    }
    if (evaluator.isScalar(expr.right())) {
      return withScalar(expr.left(), evaluator.scalar(expr.right()), false);
    }
    if (operator.isSet()) {
      return set();
    }
    try (var left = Held.of(query, evaluator.vector(expr.left()));
        var right = Held.of(query, evaluator.vector(expr.right()))) {
      return new VectorMatcher(query, expr).evaluate(left.series(), right.series());
    }
  }

  private SeriesStream withScalar(Expr operand, double[] scalar, boolean scalarLeft) {
    boolean drops = operator.kind() == BinaryOperator.Kind.ARITHMETIC || expr.returnBool();
    var element = new BinaryElement(operator);
    var stream =
        evaluator
            .vector(operand)
            .map(series -> {
              if (!series.hasHistograms() && operator.kind() == BinaryOperator.Kind.ARITHMETIC) {
                floats(series.values(), scalar, scalarLeft);
              } else {
                elements(series, scalar, scalarLeft, element);
              }
              return drops ? query.dropName(series) : series;
            });
    return drops ? NameDrop.merged(query, operand, stream) : stream;
  }

  private void floats(double[] values, double[] scalar, boolean scalarLeft) {
    for (int step = 0; step < values.length; step++) {
      double v = values[step];
      if (!StepSeries.isAbsent(v)) {
        values[step] =
            scalarLeft
                ? BinaryElement.arithmetic(operator, scalar[step], v)
                : BinaryElement.arithmetic(operator, v, scalar[step]);
      }
    }
  }

  private void elements(
      StepSeries series, double[] scalar, boolean scalarLeft, BinaryElement element) {
    for (int step = 0; step < series.steps(); step++) {
      if (!series.isPresent(step)) {
        continue;
      }
      double v = series.value(step);
      var h = series.histogram(step).orElse(null);
      boolean keep =
          scalarLeft
              ? element.apply(scalar[step], null, v, h)
              : element.apply(v, h, scalar[step], null);
      if (element.note != null) {
        element.note.addTo(query.annotations(), expr);
      }
      if (!element.hasResult()) {
        series.clear(step);
      } else if (expr.returnBool()) {
        series.clear(step);
        series.set(step, keep ? 1 : 0);
      } else if (!keep) {
        series.clear(step);
      } else if (!operator.isComparison()) {
        if (element.histogram != null) {
          series.set(step, element.histogram);
        } else {
          series.set(step, element.value);
        }
      }
    }
  }

  private SeriesStream set() {
    return switch (operator) {
      case AND -> filtered(true);
      case UNLESS -> filtered(false);
      case OR -> union();
      default -> throw new IllegalStateException("not a set operator: " + operator);
    };
  }

  private SeriesStream filtered(boolean wanted) {
    var matching = expr.matching().orElse(VectorMatching.DEFAULT);
    var present = presence(evaluator.vector(expr.right()), matching);
    return evaluator
        .vector(expr.left())
        .map(series -> {
          boolean[] there = present.get(VectorMatcher.signature(series.labels(), matching));
          for (int step = 0; step < series.steps(); step++) {
            if ((there != null && there[step]) != wanted) {
              series.clear(step);
            }
          }
          return series;
        });
  }

  private Map<Labels, boolean[]> presence(SeriesStream stream, VectorMatching matching) {
    var present = new HashMap<Labels, boolean[]>();
    try (stream) {
      while (stream.next()) {
        mark(stream.get(), matching, present);
      }
    }
    return present;
  }

  private static void mark(
      StepSeries series, VectorMatching matching, Map<Labels, boolean[]> present) {
    boolean[] there =
        present.computeIfAbsent(
            VectorMatcher.signature(series.labels(), matching), _ -> new boolean[series.steps()]);
    for (int step = 0; step < there.length; step++) {
      there[step] |= series.isPresent(step);
    }
  }

  private SeriesStream union() {
    var matching = expr.matching().orElse(VectorMatching.DEFAULT);
    var present = new HashMap<Labels, boolean[]>();
    try (var left = Held.of(query, evaluator.vector(expr.left()));
        var right = Held.of(query, evaluator.vector(expr.right()))) {
      left.series().forEach(series -> mark(series, matching, present));
      var all = new ArrayList<>(left.series());
      for (StepSeries series : right.series()) {
        boolean[] there = present.get(VectorMatcher.signature(series.labels(), matching));
        for (int step = 0; there != null && step < there.length; step++) {
          if (there[step]) {
            series.clear(step);
          }
        }
        all.add(series);
      }
      return SeriesStream.of(SeriesMerge.merge(all));
    }
  }
}
