package io.foursight.querylanguages.promql.histogram;

import java.util.Arrays;

/// Classic histograms: cumulative counts by upper bound (`le`). Built anew for each group and step;
/// sorted, merged and made monotonic when it is read. Mutable, owned by one thread.
public final class ClassicBuckets {
  /// Relative differences up to this are rounding noise and are levelled silently.
  private static final double TOLERANCE = 1e-12;

  /// A count that was lower than its predecessor's and had to be raised.
  ///
  /// @param fromBound the lowest bound that needed it
  /// @param toBound the highest one
  /// @param maxDifference the largest amount raised
  public record Repair(boolean needed, double fromBound, double toBound, double maxDifference) {
    static final Repair NONE = new Repair(false, 0, 0, 0);
  }

  private static final int INITIAL = 16;

  private double[] bounds = new double[INITIAL];
  private double[] counts = new double[INITIAL];
  private int size;
  private boolean ready;
  private Repair repair = Repair.NONE;

  public void add(double upperBound, double count) {
    if (size == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    bounds[size] = upperBound;
    counts[size++] = count;
    ready = false;
  }

  public void clear() {
    size = 0;
    ready = false;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// What had to be repaired; known after the first quantile or fraction.
  public Repair repair() {
    return repair;
  }

  /// NaN without a `+Inf` bucket, with fewer than two buckets, or without observations.
  public double quantile(double q) {
    if (Double.isNaN(q)) {
      return Double.NaN;
    }
    if (q < 0 || q > 1) {
      return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (!prepare(2)) {
      return Double.NaN;
    }
    double rank = q * counts[size - 1];
    int b = 0;
    while (b < size - 1 && !(counts[b] >= rank)) {
      b++;
    }
    if (b == size - 1) {
      return bounds[size - 2];
    }
    if (b == 0) {
      return bounds[0] <= 0 ? bounds[0] : bounds[0] * (rank / counts[0]);
    }
    double count = counts[b] - counts[b - 1];
    return bounds[b - 1] + (bounds[b] - bounds[b - 1]) * ((rank - counts[b - 1]) / count);
  }

  /// The part of the observations between two values; NaN without a `+Inf` bucket or without
  /// observations.
  public double fraction(double lower, double upper) {
    if (Double.isNaN(lower) || Double.isNaN(upper) || !prepare(1)) {
      return Double.NaN;
    }
    if (lower >= upper) {
      return 0;
    }
    return (below(upper) - below(lower)) / counts[size - 1];
  }

  private double below(double v) {
    if (v == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    int b = 0;
    while (b < size && bounds[b] <= v) {
      b++;
    }
    double before = b == 0 ? 0 : counts[b - 1];
    if (b == size || bounds[b] == Double.POSITIVE_INFINITY) {
      return before;
    }
    double lower = b == 0 ? 0 : bounds[b - 1];
    if (b == 0 && bounds[0] <= 0) {
      // Nothing is known about the first bucket's start.
      return counts[0];
    }
    return v <= lower ? before : before + (counts[b] - before) * (v - lower) / (bounds[b] - lower);
  }

  private boolean prepare(int minimum) {
    if (!ready) {
      sort();
      merge();
      ready = true;
      repair = Repair.NONE;
      if (isUsable(1)) {
        raise();
      }
    }
    return isUsable(minimum) && counts[size - 1] != 0;
  }

  private boolean isUsable(int minimum) {
    return size >= minimum && bounds[size - 1] == Double.POSITIVE_INFINITY;
  }

  private void sort() {
    for (int i = 1; i < size; i++) {
      double bound = bounds[i];
      double count = counts[i];
      int j = i;
      for (; j > 0 && bounds[j - 1] > bound; j--) {
        bounds[j] = bounds[j - 1];
        counts[j] = counts[j - 1];
      }
      bounds[j] = bound;
      counts[j] = count;
    }
  }

  /// Adds up buckets with the same bound.
  private void merge() {
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (n > 0 && bounds[n - 1] == bounds[i]) {
        counts[n - 1] += counts[i];
      } else {
        bounds[n] = bounds[i];
        counts[n++] = counts[i];
      }
    }
    size = n;
  }

  private void raise() {
    double previous = counts[0];
    for (int i = 1; i < size; i++) {
      double current = counts[i];
      if (current == previous) {
        continue;
      }
      if (isNear(previous, current)) {
        counts[i] = previous;
      } else if (current < previous) {
        double difference = previous - current;
        repair =
            repair.needed()
                ? new Repair(
                    true,
                    repair.fromBound(),
                    bounds[i],
                    Math.max(repair.maxDifference(), difference))
                : new Repair(true, bounds[i], bounds[i], difference);
        counts[i] = previous;
      } else {
        previous = current;
      }
    }
  }

  private static boolean isNear(double a, double b) {
    if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
      return true;
    }
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    if (a == 0 || b == 0 || sum < Double.MIN_NORMAL) {
      return difference < TOLERANCE * Double.MIN_NORMAL;
    }
    return difference / Math.min(sum, Double.MAX_VALUE) < TOLERANCE;
  }
}
