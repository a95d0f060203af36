package io.foursight.querylanguages.logql.eval;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.ast.BinaryOperator;
import io.foursight.querylanguages.logql.ast.Expr.Binary;
import io.foursight.querylanguages.logql.ast.VectorMatching;
import io.foursight.querylanguages.logql.ast.VectorMatching.Cardinality;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Operators between two vectors, or a vector and a number, for all steps.
final class BinaryOperations {
  private final Binary expr;
  private final BinaryOperator operator;
  private final VectorMatching matching;
  private final int steps;

  BinaryOperations(Binary expr, int steps) {
    this.expr = expr;
    this.operator = expr.operator();
    this.matching = expr.matching();
    this.steps = steps;
  }

  /// With a number on one side: elements keep their labels; a comparison without `bool` keeps the
  /// elements for which it holds.
  List<SampleSeries> withNumber(List<SampleSeries> vector, double number, boolean numberLeft) {
    var out = new ArrayList<SampleSeries>(vector.size());
    for (SampleSeries series : vector) {
      double[] values = series.values().clone();
      for (int i = 0; i < values.length; i++) {
        double v = values[i];
        if (!SampleSeries.isAbsent(v)) {
          values[i] = numberLeft ? element(number, v, v) : element(v, number, v);
        }
      }
      add(out, new SampleSeries(series.labels(), values));
    }
    return out;
  }

  private double element(double left, double right, double shown) {
    double result = operator.apply(left, right);
    if (operator.isComparison() && !expr.returnBool()) {
      return result == 1 ? shown : SampleSeries.ABSENT;
    }
    return result;
  }

  List<SampleSeries> vectors(List<SampleSeries> left, List<SampleSeries> right) {
    return operator.isSet() ? set(left, right) : matched(left, right);
  }

  private Labels signature(Labels labels) {
    return matching.on() ? labels.keep(matching.labels()) : labels.drop(matching.labels());
  }

  private List<SampleSeries> set(List<SampleSeries> left, List<SampleSeries> right) {
    return switch (operator) {
      case AND -> chosen(left, presence(right), true);
      case UNLESS -> chosen(left, presence(right), false);
      default -> {
        var out = new ArrayList<>(left);
        out.addAll(chosen(right, presence(left), false));
        yield merged(out);
      }
    };
  }

  /// At which steps each signature has an element.
  private Map<Labels, boolean[]> presence(List<SampleSeries> vector) {
    Map<Labels, boolean[]> present = new HashMap<>();
    for (SampleSeries series : vector) {
      boolean[] at = present.computeIfAbsent(signature(series.labels()), s -> new boolean[steps]);
      for (int i = 0; i < steps; i++) {
        at[i] |= series.has(i);
      }
    }
    return present;
  }

  private List<SampleSeries> chosen(
      List<SampleSeries> vector, Map<Labels, boolean[]> other, boolean wanted) {
    var out = new ArrayList<SampleSeries>();
    for (SampleSeries series : vector) {
      boolean[] at = other.get(signature(series.labels()));
      double[] values = series.values().clone();
      for (int i = 0; i < steps; i++) {
        if ((at != null && at[i]) != wanted) {
          values[i] = SampleSeries.ABSENT;
        }
      }
      add(out, new SampleSeries(series.labels(), values));
    }
    return out;
  }

  /// Series of one label set from both sides of an `or`, whose steps do not meet.
  private static List<SampleSeries> merged(List<SampleSeries> series) {
    Map<Labels, SampleSeries> byLabels = new LinkedHashMap<>();
    for (SampleSeries each : series) {
      SampleSeries first = byLabels.putIfAbsent(each.labels(), each);
      if (first != null) {
        double[] values = first.values().clone();
        for (int i = 0; i < values.length; i++) {
          values[i] = SampleSeries.isAbsent(values[i]) ? each.values()[i] : values[i];
        }
        byLabels.put(each.labels(), new SampleSeries(each.labels(), values));
      }
    }
    return List.copyOf(byLabels.values());
  }

  private List<SampleSeries> matched(List<SampleSeries> left, List<SampleSeries> right) {
    boolean swapped = matching.cardinality() == Cardinality.ONE_TO_MANY;
    List<SampleSeries> many = swapped ? right : left;
    List<SampleSeries> one = swapped ? left : right;
    Map<Labels, List<SampleSeries>> ones = new HashMap<>();
    for (SampleSeries series : one) {
      ones.computeIfAbsent(signature(series.labels()), s -> new ArrayList<>()).add(series);
    }
    var results = new Results();
    for (SampleSeries series : many) {
      Labels signature = signature(series.labels());
      for (SampleSeries partner : ones.getOrDefault(signature, List.of())) {
        pair(series, partner, signature, swapped, results);
      }
    }
    ones.forEach(this::checkUnique);
    return results.series();
  }

  /// Two elements of the "one" side with one signature at one step cannot be told apart.
  private void checkUnique(Labels signature, List<SampleSeries> group) {
    for (int i = 0; group.size() > 1 && i < steps; i++) {
      int present = 0;
      for (SampleSeries series : group) {
        present += series.has(i) ? 1 : 0;
      }
      if (present > 1) {
        String side = matching.cardinality() == Cardinality.ONE_TO_MANY ? "left" : "right";
        throw failure(
            "found duplicate series on the "
                + side
                + " hand-side for "
                + signature
                + "; many-to-many matching not allowed: matching labels must be unique on one"
                + " side");
      }
    }
  }

  private void pair(
      SampleSeries many, SampleSeries one, Labels signature, boolean swapped, Results results) {
    Labels labels = resultLabels(many.labels(), one.labels());
    for (int i = 0; i < steps; i++) {
      if (many.has(i) && one.has(i)) {
        double m = many.values()[i];
        double o = one.values()[i];
        double value = swapped ? element(o, m, o) : element(m, o, m);
        results.put(labels, signature, i, value);
      }
    }
  }

  private Labels resultLabels(Labels many, Labels one) {
    if (matching.cardinality() == Cardinality.ONE_TO_ONE) {
      return matching.on() ? many.keep(matching.labels()) : many.drop(matching.labels());
    }
    Labels labels = many;
    for (String name : matching.include()) {
      labels = labels.with(name, one.get(name));
    }
    return labels;
  }

  /// Results by labels; a step that is taken twice is ambiguous, even where a comparison dropped
  /// what was there.
  private final class Results {
    private final Map<Labels, SampleSeries> series = new LinkedHashMap<>();
    private final Map<Labels, boolean[]> taken = new HashMap<>();

    void put(Labels labels, Labels signature, int step, double value) {
      boolean[] own = taken.computeIfAbsent(labels, l -> new boolean[steps]);
      if (own[step]) {
        throw failure(
            matching.cardinality() == Cardinality.ONE_TO_ONE
                ? "multiple matches for labels: many-to-one matching must be explicit"
                    + " (group_left/group_right): "
                    + signature
                : "multiple matches for labels: grouping labels must ensure unique matches: "
                    + labels);
      }
      own[step] = true;
      series.computeIfAbsent(labels, l -> SampleSeries.empty(l, steps)).values()[step] = value;
    }

    List<SampleSeries> series() {
      var out = new ArrayList<SampleSeries>();
      series.values().forEach(each -> add(out, each));
      return out;
    }
  }

  private static FoursightException failure(String message) {
    return new FoursightException(ErrorKind.EXECUTION, message);
  }

  private static void add(List<SampleSeries> out, SampleSeries series) {
    if (!series.isEmpty()) {
      out.add(series);
    }
  }
}
