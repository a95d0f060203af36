package io.foursight.querylanguages.promql.functions;

/// A mean of doubles: compensated sum over count, or an incremental mean from the value on that
/// would make the sum overflow.
public final class FloatMean {
  private final KahanSum sum = new KahanSum();
  private long count;
  private boolean incremental;

  /// A mean that has already seen `count` values with this sum.
  public static FloatMean of(double sum, double compensation, long count) {
    var mean = new FloatMean();
    mean.sum.set(sum, compensation);
    mean.count = count;
    return mean;
  }

  public void add(double value) {
    count++;
    if (!incremental) {
      double before = sum.sum();
      double compensation = sum.compensation();
      sum.add(value);
      if (count == 1 || !Double.isInfinite(sum.sum())) {
        return;
      }
      incremental = true;
      double n = count - 1;
      sum.set(before / n, compensation / n);
    }
    double n = count;
    double q = (n - 1) / n;
    sum.set(q * sum.sum(), q * sum.compensation());
    sum.add(value / n);
  }

  public double value() {
    return incremental ? sum.value() : (sum.sum() + sum.compensation()) / count;
  }
}
