package io.foursight.querylanguages.promql.functions;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.NativeHistogram;
import java.util.Optional;

/// What operators and functions do with native histograms.
public final class Histograms {
  private Histograms() {}

  /// @param reconciled whether custom bounds differed and were intersected
  /// @param collision whether the hints about counter resets contradicted each other
  public record Result(NativeHistogram histogram, boolean reconciled, boolean collision) {}

  private static FoursightException missing() {
    return new FoursightException(ErrorKind.UNIMPLEMENTED, "native histogram arithmetic");
  }

  /// Empty when one has exponential and the other custom buckets.
  public static Optional<Result> add(NativeHistogram a, NativeHistogram b) {
    throw missing();
  }

  /// The result is a gauge. Empty when one has exponential and the other custom buckets.
  public static Optional<Result> subtract(NativeHistogram a, NativeHistogram b) {
    throw missing();
  }

  /// A negative factor makes a gauge of it.
  public static NativeHistogram multiply(NativeHistogram h, double factor) {
    throw missing();
  }

  public static NativeHistogram divide(NativeHistogram h, double divisor) {
    throw missing();
  }

  /// What rates yield: multiplied, compacted, a gauge.
  public static NativeHistogram scaled(NativeHistogram h, double factor) {
    throw missing();
  }

  /// Whether a counter was reset between two samples, by hint or by content.
  public static boolean isReset(NativeHistogram previous, NativeHistogram current) {
    throw missing();
  }

  /// Equal in everything but the reset hint, empty buckets aside.
  public static boolean equal(NativeHistogram a, NativeHistogram b) {
    throw missing();
  }

  /// The operators `</` (`upper`: keeps what lies below the bound) and `>/`.
  public static NativeHistogram trim(NativeHistogram h, double bound, boolean upper) {
    throw missing();
  }

  /// Between two samples, for `smoothed`; a counter rises from zero across a reset.
  static NativeHistogram interpolate(
      NativeHistogram low, NativeHistogram high, double fraction, boolean counter) {
    if (counter && isReset(low, high)) {
      return multiply(high, fraction);
    }
    var difference = subtract(high, low).orElseThrow().histogram();
    return add(low, multiply(difference, fraction)).orElseThrow().histogram();
  }

  /// As `count_values` writes it into a label.
  public static String text(NativeHistogram h) {
    throw missing();
  }
}
