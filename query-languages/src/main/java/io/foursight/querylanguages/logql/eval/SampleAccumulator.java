package io.foursight.querylanguages.logql.eval;

import java.util.Arrays;

/// Aggregates that need every sample of a window: quantiles and the rate of counters.
final class SampleAccumulator implements Accumulator {
  /// The value of a window.
  @FunctionalInterface
  interface Function {
    /// @param times ascending, rows `from..to-1` count; at least one
    /// @param start of the window, exclusive; `end` inclusive
    double of(long[] times, double[] values, int from, int to, long start, long end);
  }

  private static final double NANOS = 1e9;

  private final WindowPlan plan;
  private final Function function;
  private int size;
  private long[] times = new long[16];
  private double[] values = new double[16];
  private boolean sorted = true;

  SampleAccumulator(WindowPlan plan, Function function) {
    this.plan = plan;
    this.function = function;
  }

  @Override
  public void add(long timestampNanos, double value) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    sorted &= size == 0 || times[size - 1] <= timestampNanos;
    times[size] = timestampNanos;
    values[size++] = value;
  }

  @Override
  public void merge(Accumulator accumulator) {
    var other = (SampleAccumulator) accumulator;
    for (int i = 0; i < other.size; i++) {
      add(other.times[i], other.values[i]);
    }
  }

  @Override
  public double[] values() {
    sort();
    var out = new double[plan.steps().count()];
    int from = 0;
    int to = 0;
    for (int i = 0; i < out.length; i++) {
      long start = plan.base() + i * plan.steps().stepNanos();
      long end = start + plan.rangeNanos();
      while (to < size && times[to] <= end) {
        to++;
      }
      while (from < to && times[from] <= start) {
        from++;
      }
      out[i] = from == to ? SampleSeries.ABSENT : function.of(times, values, from, to, start, end);
    }
    return out;
  }

  /// By time; equal times stay in order of arrival.
  private void sort() {
    if (sorted) {
      return;
    }
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    long[] unsortedTimes = times;
    double[] unsortedValues = values;
    Arrays.sort(order, (a, b) -> Long.compare(unsortedTimes[a], unsortedTimes[b]));
    times = Arrays.stream(order).mapToLong(i -> unsortedTimes[i]).toArray();
    values = Arrays.stream(order).mapToDouble(i -> unsortedValues[i]).toArray();
    sorted = true;
  }

  @Override
  public long sizeBytes() {
    return 96 + 16L * times.length;
  }

  /// Interpolated between the two nearest of the sorted values, as PromQL's `quantile_over_time`.
  static Function quantile(double q) {
    return (times, values, from, to, start, end) -> {
      if (Double.isNaN(q)) {
        return Double.NaN;
      }
      if (q < 0) {
        return Double.NEGATIVE_INFINITY;
      }
      if (q > 1) {
        return Double.POSITIVE_INFINITY;
      }
      double[] sorted = Arrays.copyOfRange(values, from, to);
      sortNanFirst(sorted);
      double rank = q * (sorted.length - 1);
      int lower = (int) Math.floor(rank);
      int upper = Math.min(sorted.length - 1, lower + 1);
      double weight = rank - lower;
      return sorted[lower] * (1 - weight) + sorted[upper] * weight;
    };
  }

  private static void sortNanFirst(double[] values) {
    Arrays.sort(values);
    int nans = 0;
    while (nans < values.length && Double.isNaN(values[values.length - 1 - nans])) {
      nans++;
    }
    if (nans > 0) {
      System.arraycopy(values.clone(), 0, values, nans, values.length - nans);
      Arrays.fill(values, 0, nans, Double.NaN);
    }
  }

  /// The increase of a counter per second, resets counted, extrapolated to the ends of the window
  /// as PromQL's `rate` does: to an end that lies within 1.1 times the mean distance of samples,
  /// else by half of that distance, and not to before the counter would have been zero.
  static double counterRate(long[] times, double[] values, int from, int to, long start, long end) {
    int n = to - from;
    if (n < 2) {
      return 0;
    }
    double increase = values[to - 1] - values[from];
    for (int i = from + 1; i < to; i++) {
      if (values[i] < values[i - 1]) {
        increase += values[i - 1];
      }
    }
    double sampled = (times[to - 1] - times[from]) / NANOS;
    double distance = sampled / (n - 1);
    double toStart = reach((times[from] - start) / NANOS, distance);
    double toEnd = reach((end - times[to - 1]) / NANOS, distance);
    if (increase > 0 && values[from] >= 0) {
      toStart = Math.min(toStart, sampled * (values[from] / increase));
    }
    return increase * ((sampled + toStart + toEnd) / sampled) / ((end - start) / NANOS);
  }

  private static double reach(double gap, double distance) {
    return gap < distance * 1.1 ? gap : distance / 2;
  }
}
