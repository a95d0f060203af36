package io.foursight.querylanguages.promql.histogram;

/// A sum with Neumaier's compensation. Mutable, owned by one thread.
final class Compensated {
  private double sum;
  private double error;

  Compensated(double start) {
    sum = start;
  }

  Compensated(Compensated other) {
    sum = other.sum;
    error = other.error;
  }

  /// What `a + b` loses to rounding.
  static double error(double a, double b) {
    double t = a + b;
    if (!Double.isFinite(t)) {
      return 0;
    }
    return Math.abs(a) >= Math.abs(b) ? (a - t) + b : (b - t) + a;
  }

  void add(double x) {
    error += error(sum, x);
    sum += x;
    if (!Double.isFinite(sum)) {
      error = 0;
    }
  }

  void add(Compensated other, int sign) {
    add(sign * other.sum);
    add(sign * other.error);
  }

  void multiply(double factor) {
    sum *= factor;
    error = Double.isFinite(sum) ? error * factor : 0;
  }

  void divide(double divisor) {
    sum /= divisor;
    error = Double.isFinite(sum) ? error / divisor : 0;
  }

  double value() {
    return sum + error;
  }

  boolean isInfinite() {
    return Double.isInfinite(sum);
  }
}
