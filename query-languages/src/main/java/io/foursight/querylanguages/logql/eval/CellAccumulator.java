package io.foursight.querylanguages.logql.eval;

/// Aggregates that can be put together from parts: one number or two a cell.
abstract class CellAccumulator implements Accumulator {
  final WindowPlan plan;
  final long[] counts;

  CellAccumulator(WindowPlan plan) {
    this.plan = plan;
    this.counts = new long[plan.cells()];
  }

  /// Adds a value to a cell; `counts[cell]` is still without it.
  abstract void put(int cell, long timestampNanos, double value);

  /// Takes over a cell of another, which has something; `counts[cell]` is still without it.
  abstract void mergeCell(int cell, CellAccumulator other);

  /// The value over cells of which some have something.
  abstract double window(int from, int to);

  /// Arrays beside the counts.
  abstract int columns();

  @Override
  public final void add(long timestampNanos, double value) {
    if (!plan.overlapping()) {
      int cell = plan.cell(timestampNanos);
      put(cell, timestampNanos, value);
      counts[cell]++;
      return;
    }
    int last = plan.lastWindow(timestampNanos);
    for (int window = plan.firstWindow(timestampNanos); window <= last; window++) {
      put(window, timestampNanos, value);
      counts[window]++;
    }
  }

  @Override
  public final void merge(Accumulator accumulator) {
    var other = (CellAccumulator) accumulator;
    for (int cell = 0; cell < counts.length; cell++) {
      if (other.counts[cell] > 0) {
        mergeCell(cell, other);
        counts[cell] += other.counts[cell];
      }
    }
  }

  @Override
  public final double[] values() {
    var values = new double[plan.steps().count()];
    for (int i = 0; i < values.length; i++) {
      int from = i * plan.cellsPerStep();
      int to = from + plan.cellsPerWindow();
      values[i] = isEmpty(from, to) ? SampleSeries.ABSENT : window(from, to);
    }
    return values;
  }

  private boolean isEmpty(int from, int to) {
    for (int cell = from; cell < to; cell++) {
      if (counts[cell] > 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public final long sizeBytes() {
    return 64 + 8L * counts.length * (1 + columns());
  }

  /// How many, divided by a number.
  static final class Count extends CellAccumulator {
    private final double divisor;

    Count(WindowPlan plan, double divisor) {
      super(plan);
      this.divisor = divisor;
    }

    @Override
    void put(int cell, long timestampNanos, double value) {}

    @Override
    void mergeCell(int cell, CellAccumulator other) {}

    @Override
    double window(int from, int to) {
      long count = 0;
      for (int cell = from; cell < to; cell++) {
        count += counts[cell];
      }
      return count / divisor;
    }

    @Override
    int columns() {
      return 0;
    }
  }

  /// The sum, divided by a number.
  static final class Sum extends CellAccumulator {
    private final double[] sums;
    private final double divisor;

    Sum(WindowPlan plan, double divisor) {
      super(plan);
      this.sums = new double[plan.cells()];
      this.divisor = divisor;
    }

    @Override
    void put(int cell, long timestampNanos, double value) {
      sums[cell] += value;
    }

    @Override
    void mergeCell(int cell, CellAccumulator other) {
      sums[cell] += ((Sum) other).sums[cell];
    }

    @Override
    double window(int from, int to) {
      double sum = 0;
      for (int cell = from; cell < to; cell++) {
        sum += sums[cell];
      }
      return sum / divisor;
    }

    @Override
    int columns() {
      return 1;
    }
  }

  /// The least or the greatest; NaN only where there is nothing else.
  static final class Extreme extends CellAccumulator {
    private final double[] extremes;
    private final boolean greatest;

    Extreme(WindowPlan plan, boolean greatest) {
      super(plan);
      this.extremes = new double[plan.cells()];
      this.greatest = greatest;
    }

    private double better(double a, double b) {
      if (Double.isNaN(a)) {
        return b;
      }
      return (greatest ? b > a : b < a) ? b : a;
    }

    @Override
    void put(int cell, long timestampNanos, double value) {
      extremes[cell] = counts[cell] == 0 ? value : better(extremes[cell], value);
    }

    @Override
    void mergeCell(int cell, CellAccumulator other) {
      put(cell, 0, ((Extreme) other).extremes[cell]);
    }

    @Override
    double window(int from, int to) {
      double extreme = Double.NaN;
      for (int cell = from; cell < to; cell++) {
        if (counts[cell] > 0) {
          extreme = better(extreme, extremes[cell]);
        }
      }
      return extreme;
    }

    @Override
    int columns() {
      return 1;
    }
  }

  /// The value with the first or the last time; of equal times the first or the last that came.
  static final class Edge extends CellAccumulator {
    private final double[] values;
    private final long[] times;
    private final boolean last;

    Edge(WindowPlan plan, boolean last) {
      super(plan);
      this.values = new double[plan.cells()];
      this.times = new long[plan.cells()];
      this.last = last;
    }

    @Override
    void put(int cell, long timestampNanos, double value) {
      if (counts[cell] == 0
          || (last ? timestampNanos >= times[cell] : timestampNanos < times[cell])) {
        values[cell] = value;
        times[cell] = timestampNanos;
      }
    }

    @Override
    void mergeCell(int cell, CellAccumulator other) {
      var edge = (Edge) other;
      put(cell, edge.times[cell], edge.values[cell]);
    }

    @Override
    double window(int from, int to) {
      if (last) {
        int cell = to - 1;
        while (counts[cell] == 0) {
          cell--;
        }
        return values[cell];
      }
      int cell = from;
      while (counts[cell] == 0) {
        cell++;
      }
      return values[cell];
    }

    @Override
    int columns() {
      return 2;
    }
  }

  /// Mean and sum of squared distances from it (Welford; parts joined after Chan et al.).
  static final class Moments extends CellAccumulator {
    enum Result {
      MEAN,
      VARIANCE,
      DEVIATION
    }

    private final double[] means;
    private final double[] squares;
    private final Result result;

    Moments(WindowPlan plan, Result result) {
      super(plan);
      this.means = new double[plan.cells()];
      this.squares = new double[plan.cells()];
      this.result = result;
    }

    @Override
    void put(int cell, long timestampNanos, double value) {
      long n = counts[cell] + 1;
      double before = value - means[cell];
      means[cell] = mean(means[cell], n - 1, value, 1);
      squares[cell] += before * (value - means[cell]);
    }

    /// The mean of two parts; infinities of one sign stay what they are.
    private static double mean(double a, long countA, double b, long countB) {
      if (countA == 0) {
        return b;
      }
      if (Double.isInfinite(a) || Double.isInfinite(b)) {
        return a == b ? a : Double.isInfinite(a) && !Double.isInfinite(b) ? a + b : b + a;
      }
      double n = countA + countB;
      return a + (b - a) * (countB / n);
    }

    @Override
    void mergeCell(int cell, CellAccumulator other) {
      var moments = (Moments) other;
      join(cell, moments.means[cell], moments.squares[cell], other.counts[cell]);
    }

    private void join(int cell, double mean, double square, long count) {
      long own = counts[cell];
      double delta = mean - means[cell];
      squares[cell] =
          own == 0 ? square : squares[cell] + square + delta * delta * own * count / (own + count);
      means[cell] = mean(means[cell], own, mean, count);
    }

    @Override
    double window(int from, int to) {
      double mean = 0;
      double square = 0;
      long n = 0;
      for (int cell = from; cell < to; cell++) {
        long count = counts[cell];
        if (count > 0) {
          double delta = means[cell] - mean;
          square =
              n == 0
                  ? squares[cell]
                  : square + squares[cell] + delta * delta * n * count / (n + count);
          mean = mean(mean, n, means[cell], count);
          n += count;
        }
      }
      return switch (result) {
        case MEAN -> mean;
        case VARIANCE -> square / n;
        case DEVIATION -> Math.sqrt(square / n);
      };
    }

    @Override
    int columns() {
      return 2;
    }
  }
}
