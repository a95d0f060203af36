package io.foursight.querylanguages.promql.histogram;

import io.foursight.model.metrics.NativeHistogram;
import java.util.Optional;

/// A running sum or mean of histograms with compensated summation. A mean is the sum over the
/// number until that overflows; from there it is adjusted value by value. Mutable, owned by one
/// thread.
public final class HistogramSum {
  private final boolean average;
  private Optional<FloatHistogram> total = Optional.empty();
  private int size;
  private boolean incremental;
  private boolean reconciled;
  private boolean collision;

  public HistogramSum(boolean average) {
    this.average = average;
  }

  /// @return false when exponential and custom buckets meet; nothing is added then
  public boolean add(NativeHistogram next) {
    var h = FloatHistogram.of(next);
    size++;
    if (total.isEmpty()) {
      total = Optional.of(h);
      return true;
    }
    FloatHistogram sum = total.get();
    if (!sum.isCompatible(h)) {
      size--;
      return false;
    }
    if (incremental) {
      adjust(sum, h);
      return true;
    }
    Optional<FloatHistogram> before = average ? Optional.of(sum.copy()) : Optional.empty();
    note(sum.add(h));
    if (before.isPresent() && sum.hasOverflow() && !before.get().hasOverflow()) {
      incremental = true;
      FloatHistogram mean = before.get().divide(size - 1);
      total = Optional.of(mean);
      adjust(mean, h);
    }
    return true;
  }

  private void adjust(FloatHistogram mean, FloatHistogram next) {
    double n = size;
    mean.multiply((n - 1) / n);
    note(mean.add(next.divide(n)));
  }

  private void note(FloatHistogram.Merge merge) {
    reconciled |= merge.reconciled();
    collision |= merge.collision();
  }

  public boolean isEmpty() {
    return total.isEmpty();
  }

  /// Whether custom bounds differed somewhere and were intersected.
  public boolean reconciled() {
    return reconciled;
  }

  /// Whether some samples said "reset" and others "no reset".
  public boolean collision() {
    return collision;
  }

  /// @throws java.util.NoSuchElementException when nothing was added
  public NativeHistogram result() {
    FloatHistogram result = total.orElseThrow();
    return average && !incremental ? result.copy().divide(size).toNative() : result.toNative();
  }
}
