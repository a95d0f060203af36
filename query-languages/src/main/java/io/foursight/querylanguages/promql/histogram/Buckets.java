package io.foursight.querylanguages.promql.histogram;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// The populated buckets of one side of a histogram: ascending indexes, a count and the rounding
/// error that the count lacks (Neumaier's compensation) each. Mutable, owned by one thread.
final class Buckets {
  private int[] indexes;
  private double[] counts;
  private double[] errors;
  private int size;

  Buckets(int capacity) {
    indexes = new int[capacity];
    counts = new double[capacity];
    errors = new double[capacity];
  }

  /// Buckets with their spans `offset, length, ...` as [io.foursight.model.metrics.NativeHistogram]
  /// holds them; zero counts are left out.
  static Buckets of(int[] spans, double[] values) {
    var b = new Buckets(values.length);
    int index = 0;
    int v = 0;
    for (int s = 0; s + 1 < spans.length; s += 2) {
      index += spans[s];
      for (int i = 0; i < spans[s + 1] && v < values.length; i++) {
        if (values[v] != 0) {
          b.append(index, values[v], 0);
        }
        index++;
        v++;
      }
    }
    return b;
  }

  Buckets copy() {
    var b = new Buckets(size);
    System.arraycopy(indexes, 0, b.indexes, 0, size);
    System.arraycopy(counts, 0, b.counts, 0, size);
    System.arraycopy(errors, 0, b.errors, 0, size);
    b.size = size;
    return b;
  }

  int size() {
    return size;
  }

  int index(int i) {
    return indexes[i];
  }

  double count(int i) {
    return counts[i] + errors[i];
  }

  void set(int i, double count) {
    counts[i] = count;
    errors[i] = 0;
  }

  double at(int index) {
    int i = Arrays.binarySearch(indexes, 0, size, index);
    return i < 0 ? 0 : count(i);
  }

  private void append(int index, double count, double error) {
    if (size == indexes.length) {
      int capacity = Math.max(8, 2 * size);
      indexes = Arrays.copyOf(indexes, capacity);
      counts = Arrays.copyOf(counts, capacity);
      errors = Arrays.copyOf(errors, capacity);
    }
    indexes[size] = index;
    counts[size] = count;
    errors[size++] = error;
  }

  /// Buckets of a coarser layout; `target` must be monotonic.
  Buckets mapped(IntUnaryOperator target) {
    var b = new Buckets(size);
    for (int i = 0; i < size; i++) {
      int index = target.applyAsInt(indexes[i]);
      if (b.size > 0 && b.indexes[b.size - 1] == index) {
        b.increase(b.size - 1, counts[i]);
        b.increase(b.size - 1, errors[i]);
      } else {
        b.append(index, counts[i], errors[i]);
      }
    }
    return b;
  }

  /// This plus `sign` times other.
  Buckets plus(Buckets other, int sign) {
    var b = new Buckets(size + other.size);
    int i = 0;
    int j = 0;
    while (i < size || j < other.size) {
      if (j == other.size || (i < size && indexes[i] < other.indexes[j])) {
        b.append(indexes[i], counts[i], errors[i]);
        i++;
      } else if (i == size || other.indexes[j] < indexes[i]) {
        b.append(other.indexes[j], sign * other.counts[j], sign * other.errors[j]);
        j++;
      } else {
        b.append(indexes[i], counts[i], errors[i]);
        b.increase(b.size - 1, sign * other.counts[j]);
        b.increase(b.size - 1, sign * other.errors[j]);
        i++;
        j++;
      }
    }
    return b;
  }

  private void increase(int i, double by) {
    errors[i] += Compensated.error(counts[i], by);
    counts[i] += by;
    if (!Double.isFinite(counts[i])) {
      errors[i] = 0;
    }
  }

  void multiply(double factor) {
    for (int i = 0; i < size; i++) {
      counts[i] *= factor;
      errors[i] *= factor;
    }
  }

  void divide(double divisor) {
    for (int i = 0; i < size; i++) {
      counts[i] /= divisor;
      errors[i] /= divisor;
    }
  }

  void clear() {
    size = 0;
  }

  /// Drops the buckets up to this position, exclusive.
  void dropFirst(int n) {
    System.arraycopy(indexes, n, indexes, 0, size - n);
    System.arraycopy(counts, n, counts, 0, size - n);
    System.arraycopy(errors, n, errors, 0, size - n);
    size -= n;
  }

  boolean hasInfinite() {
    for (int i = 0; i < size; i++) {
      if (Double.isInfinite(counts[i])) {
        return true;
      }
    }
    return false;
  }

  /// Spans of the buckets that are not zero.
  int[] spans() {
    var spans = new int[2 * size];
    int n = 0;
    int next = 0;
    for (int i = 0; i < size; i++) {
      if (count(i) == 0) {
        continue;
      }
      if (n > 0 && indexes[i] == next) {
        spans[n - 1]++;
      } else {
        spans[n] = n == 0 ? indexes[i] : indexes[i] - next;
        n++;
        spans[n++] = 1;
      }
      next = indexes[i] + 1;
    }
    return Arrays.copyOf(spans, n);
  }

  /// The counts that are not zero.
  double[] values() {
    var values = new double[size];
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (count(i) != 0) {
        values[n++] = count(i);
      }
    }
    return Arrays.copyOf(values, n);
  }
}
