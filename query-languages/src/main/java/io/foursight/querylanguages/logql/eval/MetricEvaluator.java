package io.foursight.querylanguages.logql.eval;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.ast.Expr.Binary;
import io.foursight.querylanguages.logql.ast.Expr.LabelReplace;
import io.foursight.querylanguages.logql.ast.Expr.Metric;
import io.foursight.querylanguages.logql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorAggregation;
import io.foursight.querylanguages.logql.ast.Expr.VectorLiteral;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.ast.VectorAggregator;
import io.foursight.querylanguages.regex.RegexReplacer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Evaluates metric expressions over all steps at once. Recursion follows the tree, whose depth the
/// parser bounds. Owned by one thread.
final class MetricEvaluator {
  private final RangeAggregations ranges;
  private final StepTimes steps;

  MetricEvaluator(RangeAggregations ranges, StepTimes steps) {
    this.ranges = ranges;
    this.steps = steps;
  }

  /// The elements at each step; label sets are distinct.
  List<SampleSeries> vector(Metric expr) {
    return switch (expr) {
      case RangeAggregation e -> ranges.evaluate(e, Optional.empty());
      case VectorAggregation e -> aggregation(e);
      case Binary e -> binary(e);
      case LabelReplace e -> labelReplace(e);
      case VectorLiteral e -> List.of(new SampleSeries(Labels.EMPTY, constant(e.value())));
      case NumberLiteral e -> List.of(new SampleSeries(Labels.EMPTY, constant(e.value())));
    };
  }

  private double[] constant(double value) {
    var values = new double[steps.count()];
    Arrays.fill(values, value);
    return values;
  }

  private List<SampleSeries> aggregation(VectorAggregation e) {
    if (e.operator() == VectorAggregator.APPROX_TOPK && !steps.isInstant()) {
      throw FoursightException.badData("approx_topk is only supported for instant queries");
    }
    // The sum of sums: entries are added up by the outer labels at once.
    if (e.operator() == VectorAggregator.SUM
        && e.expr() instanceof RangeAggregation range
        && RangeAggregations.addsUp(range)) {
      return ranges.evaluate(
          range, Optional.of(e.grouping().orElse(new Grouping(List.of(), false))));
    }
    return VectorAggregations.evaluate(e, vector(e.expr()), steps.count());
  }

  private List<SampleSeries> binary(Binary e) {
    var operations = new BinaryOperations(e, steps.count());
    if (e.left() instanceof NumberLiteral number) {
      return operations.withNumber(vector(e.right()), number.value(), true);
    }
    if (e.right() instanceof NumberLiteral number) {
      return operations.withNumber(vector(e.left()), number.value(), false);
    }
    return operations.vectors(vector(e.left()), vector(e.right()));
  }

  private List<SampleSeries> labelReplace(LabelReplace e) {
    var replacer = RegexReplacer.compile(e.regex());
    var out = new ArrayList<SampleSeries>();
    Set<Labels> seen = new HashSet<>();
    for (SampleSeries series : vector(e.expr())) {
      Labels labels =
          replacer
              .replace(series.labels().get(e.source()), e.replacement())
              .map(value -> series.labels().with(e.destination(), value))
              .orElse(series.labels());
      if (!seen.add(labels)) {
        throw FoursightException.badData(
            "label_replace makes several series with the labels " + labels);
      }
      out.add(series.with(labels));
    }
    return out;
  }
}
