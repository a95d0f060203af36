package io.foursight.querylanguages.logql.eval;

import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.ast.Expr.VectorAggregation;
import io.foursight.querylanguages.logql.ast.Grouping;
import io.foursight.querylanguages.logql.ast.VectorAggregator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/// Aggregation over the elements of a vector, for all steps.
final class VectorAggregations {
  private VectorAggregations() {}

  static List<SampleSeries> evaluate(VectorAggregation expr, List<SampleSeries> input, int steps) {
    return switch (expr.operator()) {
      case SUM, AVG, MIN, MAX, COUNT, STDDEV, STDVAR -> grouped(expr, input, steps);
      case TOPK, APPROX_TOPK, BOTTOMK -> selection(expr, input, steps);
      case SORT, SORT_DESC -> sorted(input, expr.operator() == VectorAggregator.SORT_DESC);
    };
  }

  static Labels groupLabels(Labels labels, Optional<Grouping> grouping) {
    if (grouping.isEmpty()) {
      return Labels.EMPTY;
    }
    Grouping by = grouping.get();
    return by.without() ? labels.drop(by.labels()) : labels.keep(by.labels());
  }

  private static List<SampleSeries> grouped(
      VectorAggregation expr, List<SampleSeries> input, int steps) {
    Map<Labels, Group> groups = new LinkedHashMap<>();
    for (SampleSeries series : input) {
      groups
          .computeIfAbsent(groupLabels(series.labels(), expr.grouping()), l -> new Group(steps))
          .add(expr.operator(), series.values());
    }
    var out = new ArrayList<SampleSeries>(groups.size());
    groups.forEach((labels, group) -> out.add(group.result(expr.operator(), labels)));
    return out;
  }

  /// Running values of one group: `a` is the sum, mean, minimum or maximum; `b` the sum of squared
  /// distances from the mean.
  private static final class Group {
    final long[] counts;
    final double[] a;
    final double[] b;

    Group(int steps) {
      counts = new long[steps];
      a = new double[steps];
      b = new double[steps];
    }

    void add(VectorAggregator operator, double[] values) {
      for (int i = 0; i < values.length; i++) {
        double v = values[i];
        if (SampleSeries.isAbsent(v)) {
          continue;
        }
        boolean first = counts[i]++ == 0;
        switch (operator) {
          case SUM -> a[i] += v;
          case MIN -> a[i] = first || v < a[i] || Double.isNaN(a[i]) ? v : a[i];
          case MAX -> a[i] = first || v > a[i] || Double.isNaN(a[i]) ? v : a[i];
          case AVG -> average(i, v);
          case STDDEV, STDVAR -> {
            double before = v - a[i];
            a[i] += before / counts[i];
            b[i] += before * (v - a[i]);
          }
          default -> {}
        }
      }
    }

    /// The mean, moved by each value, so that large sums do not overflow.
    private void average(int i, double v) {
      if (Double.isInfinite(a[i]) && (a[i] == v || (!Double.isInfinite(v) && !Double.isNaN(v)))) {
        return;
      }
      a[i] += v / counts[i] - a[i] / counts[i];
    }

    SampleSeries result(VectorAggregator operator, Labels labels) {
      double[] values = new double[counts.length];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            counts[i] == 0
                ? SampleSeries.ABSENT
                : switch (operator) {
                  case COUNT -> counts[i];
                  case STDVAR -> b[i] / counts[i];
                  case STDDEV -> Math.sqrt(b[i] / counts[i]);
                  default -> a[i];
                };
      }
      return new SampleSeries(labels, values);
    }
  }

  /// The `k` largest or smallest of each group at each step, with their own labels; at an instant
  /// in order of value.
  private static List<SampleSeries> selection(
      VectorAggregation expr, List<SampleSeries> input, int steps) {
    boolean smallest = expr.operator() == VectorAggregator.BOTTOMK;
    Map<Labels, List<SampleSeries>> groups = new LinkedHashMap<>();
    for (SampleSeries series : input) {
      groups
          .computeIfAbsent(groupLabels(series.labels(), expr.grouping()), l -> new ArrayList<>())
          .add(series);
    }
    var out = new ArrayList<SampleSeries>();
    for (List<SampleSeries> group : groups.values()) {
      var kept = new SampleSeries[group.size()];
      int[] order = {};
      for (int step = 0; step < steps; step++) {
        order = chosen(group, step, expr.parameter(), smallest);
        for (int member : order) {
          if (kept[member] == null) {
            kept[member] = SampleSeries.empty(group.get(member).labels(), steps);
          }
          kept[member].values()[step] = group.get(member).values()[step];
        }
      }
      if (steps == 1) {
        Arrays.stream(order).forEach(member -> out.add(kept[member]));
      } else {
        Arrays.stream(kept).filter(s -> s != null).forEach(out::add);
      }
    }
    return out;
  }

  /// Members of the group, best first. NaN is worse than every number.
  private static int[] chosen(List<SampleSeries> group, int step, int k, boolean smallest) {
    Comparator<Integer> better =
        (x, y) -> {
          double a = group.get(x).values()[step];
          double b = group.get(y).values()[step];
          if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
          }
          return smallest ? Double.compare(a, b) : Double.compare(b, a);
        };
    Comparator<Integer> order = better.thenComparing(Comparator.naturalOrder());
    var worstFirst = new PriorityQueue<Integer>(order.reversed());
    for (int member = 0; member < group.size(); member++) {
      if (group.get(member).has(step)) {
        worstFirst.add(member);
        if (worstFirst.size() > k) {
          worstFirst.poll();
        }
      }
    }
    return worstFirst.stream().sorted(order).mapToInt(Integer::intValue).toArray();
  }

  /// By the value of the only step; a range has no order of values and stays as it is.
  private static List<SampleSeries> sorted(List<SampleSeries> input, boolean descending) {
    if (input.isEmpty() || input.getFirst().values().length != 1) {
      return input;
    }
    var out = new ArrayList<>(input);
    out.sort((x, y) -> {
      double a = x.values()[0];
      double b = y.values()[0];
      if (Double.isNaN(a) || Double.isNaN(b)) {
        return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
      }
      return descending ? Double.compare(b, a) : Double.compare(a, b);
    });
    return out;
  }
}
