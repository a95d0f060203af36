package io.foursight.querylanguages.promql.functions;

/// Kahan-Neumaier summation of doubles: a running sum and a compensation for what rounding lost.
/// The compensation is given up once the sum is infinite, so that the result is the infinity.
public final class KahanSum {
  private double sum;
  private double compensation;

  public KahanSum() {}

  public KahanSum(double sum) {
    this.sum = sum;
  }

  public void add(double value) {
    double t = sum + value;
    if (Double.isInfinite(t)) {
      compensation = 0;
    } else if (Math.abs(sum) >= Math.abs(value)) {
      compensation += sum - t + value;
    } else {
      compensation += value - t + sum;
    }
    sum = t;
  }

  public double sum() {
    return sum;
  }

  public double compensation() {
    return compensation;
  }

  public double value() {
    return sum + compensation;
  }

  public void set(double newSum, double newCompensation) {
    sum = newSum;
    compensation = newCompensation;
  }
}
