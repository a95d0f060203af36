package io.foursight.querylanguages.promql.series;

import io.foursight.model.Labels;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.StaleMarker;
import java.util.Arrays;
import java.util.Optional;

/// One series over all steps of an evaluation: a float, a native histogram or nothing at each step.
///
/// ```
/// values      double[steps]           ABSENT where there is no float
/// histograms  NativeHistogram[steps]  or null when the series has none; null entries where there is none
/// ```
///
/// [#ABSENT] is the staleness marker's NaN, which never is a value of an evaluation; it is a
/// signalling NaN, so arithmetic on it yields another NaN: test with [#isAbsent] before computing.
/// `dropName` marks a series whose `__name__`, `__type__` and `__unit__` are removed at the end of
/// the query (delayed name removal). Mutable until handed on; the receiver owns it.
public final class StepSeries {
  public static final double ABSENT = StaleMarker.VALUE;
  private static final long ABSENT_BITS = StaleMarker.BITS;

  private final Labels labels;
  private final boolean dropName;
  private final double[] values;
  private NativeHistogram[] histograms;

  private StepSeries(
      Labels labels, boolean dropName, double[] values, NativeHistogram[] histograms) {
    this.labels = labels;
    this.dropName = dropName;
    this.values = values;
    this.histograms = histograms;
  }

  /// A series with nothing at any step.
  public static StepSeries empty(Labels labels, boolean dropName, int steps) {
    var values = new double[steps];
    Arrays.fill(values, ABSENT);
    return new StepSeries(labels, dropName, values, null);
  }

  /// Wraps an array that the caller gives away.
  public static StepSeries of(Labels labels, boolean dropName, double[] values) {
    return new StepSeries(labels, dropName, values, null);
  }

  /// The same columns under other labels; shares the arrays.
  public StepSeries relabel(Labels newLabels, boolean newDropName) {
    return newDropName == dropName && newLabels == labels
        ? this
        : new StepSeries(newLabels, newDropName, values, histograms);
  }

  public StepSeries copy() {
    return new StepSeries(
        labels, dropName, values.clone(), histograms == null ? null : histograms.clone());
  }

  public static boolean isAbsent(double value) {
    return Double.isNaN(value) && Double.doubleToRawLongBits(value) == ABSENT_BITS;
  }

  public Labels labels() {
    return labels;
  }

  public boolean dropName() {
    return dropName;
  }

  public int steps() {
    return values.length;
  }

  /// The floats, [#ABSENT] where there is none. The array itself.
  public double[] values() {
    return values;
  }

  /// The float at a step, [#ABSENT] when there is none.
  public double value(int step) {
    return values[step];
  }

  /// Whether any step may hold a histogram.
  public boolean hasHistograms() {
    return histograms != null;
  }

  public Optional<NativeHistogram> histogram(int step) {
    return histograms == null ? Optional.empty() : Optional.ofNullable(histograms[step]);
  }

  /// Whether the step holds a float.
  public boolean isFloat(int step) {
    return !isAbsent(values[step]);
  }

  public boolean isHistogram(int step) {
    return histograms != null && histograms[step] != null;
  }

  /// Whether the step holds anything.
  public boolean isPresent(int step) {
    return isFloat(step) || isHistogram(step);
  }

  public void set(int step, double value) {
    values[step] = value;
  }

  public void set(int step, NativeHistogram histogram) {
    if (histograms == null) {
      histograms = new NativeHistogram[values.length];
    }
    histograms[step] = histogram;
    values[step] = ABSENT;
  }

  /// Makes the step empty.
  public void clear(int step) {
    values[step] = ABSENT;
    if (histograms != null) {
      histograms[step] = null;
    }
  }

  /// Takes over what another series holds at a step.
  public void setFrom(StepSeries other, int step) {
    if (other.isHistogram(step)) {
      set(step, other.histograms[step]);
    } else {
      values[step] = other.values[step];
      if (histograms != null) {
        histograms[step] = null;
      }
    }
  }

  public boolean isEmpty() {
    for (int i = 0; i < values.length; i++) {
      if (isPresent(i)) {
        return false;
      }
    }
    return true;
  }

  /// How many steps hold something.
  public int count() {
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      if (isPresent(i)) {
        n++;
      }
    }
    return n;
  }

  /// Heap bytes, for budgets.
  public long sizeBytes() {
    long bytes = 64 + 8L * values.length;
    if (histograms != null) {
      bytes += 4L * values.length;
      for (NativeHistogram h : histograms) {
        bytes += h == null ? 0 : h.sizeBytes();
      }
    }
    return bytes;
  }
}
