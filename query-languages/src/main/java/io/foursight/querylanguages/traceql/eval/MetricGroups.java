package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.FoundTrace.Attribute;
import io.foursight.model.traces.SpanValue;
import io.foursight.querylanguages.traceql.ast.FieldExpr;
import io.foursight.querylanguages.traceql.ast.FieldExpr.IntrinsicField;
import io.foursight.querylanguages.traceql.ast.Metric;
import io.foursight.querylanguages.traceql.ast.Metric.Function;
import io.foursight.querylanguages.traceql.ast.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Groups spans by the values of fields and aggregates each group at each step. A field's number is
/// what it is, of durations in nanoseconds until series are made, then in seconds.
final class MetricGroups implements SpanCounter {
  private static final int GROUP_BYTES = 256;
  private static final double SECOND = 1e9;

  private final Metric.Aggregate aggregate;
  private final Steps steps;
  private final QueryBudget budget;
  private final Value field;
  private final double scale;
  private final List<Value> by = new ArrayList<>();
  private final List<ValueIds> ids = new ArrayList<>();
  // The group of the first fields and the next field's value; the last level's are groups.
  private final List<LongIntMap> levels = new ArrayList<>();
  private final List<int[]> keys = new ArrayList<>();
  private final List<PartialSeries> groups = new ArrayList<>();
  private final Exemplars exemplars;
  private final int[] key;
  private final Cell cell = new Cell();
  private long charged;

  MetricGroups(
      Metric.Aggregate aggregate,
      FieldCompiler compiler,
      Steps steps,
      int exemplars,
      QueryBudget budget) {
    this.aggregate = aggregate;
    this.steps = steps;
    this.budget = budget;
    this.field = aggregate.field().map(compiler::value).orElse((rows, row, c) -> c.clear());
    this.scale = aggregate.field().filter(MetricGroups::isDuration).isPresent() ? SECOND : 1;
    for (FieldExpr.Field each : aggregate.by()) {
      by.add(compiler.value(each));
      ids.add(new ValueIds());
      levels.add(new LongIntMap(8));
    }
    this.key = new int[by.size()];
    this.exemplars = new Exemplars(steps, exemplars);
    if (by.isEmpty() && !aggregate.function().hasField()) {
      // No spans are a rate of zero.
      group();
    }
  }

  private static boolean isDuration(FieldExpr.Field field) {
    return field instanceof IntrinsicField f && f.intrinsic().type() == Type.DURATION;
  }

  @Override
  public void add(Rows rows, int row, int step) {
    double number = Double.NaN;
    if (aggregate.function().hasField()) {
      field.load(rows, row, cell);
      if (cell.count() == 0 || !cell.isNumber(0)) {
        return;
      }
      number = cell.decimal(0);
      if (Double.isNaN(number)) {
        return;
      }
    }
    for (int i = 0; i < key.length; i++) {
      by.get(i).load(rows, row, cell);
      key[i] = ids.get(i).of(cell, 0);
    }
    int group = group();
    aggregate(groups.get(group), step, number);
    exemplars.offer(rows, row, group, exemplarValue(number));
  }

  private double exemplarValue(double number) {
    return aggregate.function() == Function.HISTOGRAM_OVER_TIME ? Double.NaN : number / scale;
  }

  private int group() {
    int group = 0;
    for (int i = 0; i < key.length; i++) {
      LongIntMap level = levels.get(i);
      long pair = (long) group << 32 | key[i];
      group = level.putIfAbsent(pair, level.size());
    }
    if (group == groups.size()) {
      charge(GROUP_BYTES + 16L * steps.count());
      groups.add(PartialSeries.of(steps.count()));
      keys.add(key.clone());
    }
    return group;
  }

  private void charge(long bytes) {
    budget.charge(bytes);
    charged += bytes;
  }

  private void aggregate(PartialSeries partial, int step, double number) {
    switch (aggregate.function()) {
      case RATE, COUNT_OVER_TIME -> partial.count(step);
      case SUM_OVER_TIME, AVG_OVER_TIME -> partial.sum(step, number);
      case MIN_OVER_TIME -> partial.least(step, number);
      case MAX_OVER_TIME -> partial.most(step, number);
      case QUANTILE_OVER_TIME, HISTOGRAM_OVER_TIME -> {
        int before = partial.buckets().size();
        partial.bucket(step, number);
        if (partial.buckets().size() > before) {
          charge(8L * steps.count());
        }
      }
    }
  }

  @Override
  public List<StepSeries> series() {
    var out = new ArrayList<StepSeries>();
    for (int group = 0; group < groups.size(); group++) {
      series(group, out);
    }
    budget.release(charged);
    charged = 0;
    return out;
  }

  private void series(int group, List<StepSeries> out) {
    PartialSeries partial = groups.get(group);
    List<Attribute> labels = labels(group);
    switch (aggregate.function()) {
      case RATE, COUNT_OVER_TIME -> {
        double by = aggregate.function() == Function.RATE ? steps.seconds() : 1;
        add(group, labels, Arrays.stream(partial.counts()).map(v -> v / by).toArray(), out);
      }
      case SUM_OVER_TIME, MIN_OVER_TIME, MAX_OVER_TIME ->
          add(group, labels, Arrays.stream(partial.values()).map(v -> v / scale).toArray(), out);
      case AVG_OVER_TIME -> {
        double[] values = partial.values().clone();
        for (int i = 0; i < values.length; i++) {
          values[i] /= scale * partial.counts()[i];
        }
        add(group, labels, values, out);
      }
      case HISTOGRAM_OVER_TIME ->
          partial
              .buckets()
              .forEach((exponent, counts) ->
                  add(
                      group,
                      and(labels, "__bucket", PartialSeries.bound(exponent) / scale),
                      counts,
                      out));
      case QUANTILE_OVER_TIME -> {
        for (double q : aggregate.quantiles()) {
          double[] values = Quantiles.of(q, partial.buckets(), steps.count());
          for (int i = 0; i < values.length; i++) {
            values[i] /= scale;
          }
          add(group, and(labels, "p", q), values, out);
        }
      }
    }
  }

  private void add(int group, List<Attribute> labels, double[] values, List<StepSeries> out) {
    out.add(new StepSeries(labels, values, exemplars.of(group, labels)));
  }

  private List<Attribute> labels(int group) {
    var labels = new ArrayList<Attribute>();
    for (int i = 0; i < key.length; i++) {
      String name = aggregate.by().get(i).text();
      labels.add(new Attribute(name, ids.get(i).value(keys.get(group)[i])));
    }
    boolean named =
        labels.isEmpty()
            && aggregate.function() != Function.QUANTILE_OVER_TIME
            && aggregate.function() != Function.HISTOGRAM_OVER_TIME;
    if (named) {
      labels.add(new Attribute(StepSeries.NAME, new SpanValue.Text(aggregate.function().text())));
    }
    return labels;
  }

  private static List<Attribute> and(List<Attribute> labels, String key, double value) {
    var all = new ArrayList<Attribute>(labels);
    all.add(new Attribute(key, new SpanValue.Decimal(value)));
    return all;
  }
}
