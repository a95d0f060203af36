package io.foursight.querylanguages.promql.functions;

/// The window `(time - range, time]` of each step as row numbers of a timestamp column: rows
/// `from[step] .. to[step]-1`. Kept while the same column comes again (series scraped together
/// share one), so that borders are found once per target and not once per series. Owned by one
/// thread.
public final class WindowBorders {
  private final int steps;
  private final int[] from;
  private final int[] to;
  private long[] times;
  private int size = -1;
  private int largest;

  public WindowBorders(int steps) {
    this.steps = steps;
    this.from = new int[steps];
    this.to = new int[steps];
  }

  public int[] from() {
    return from;
  }

  public int[] to() {
    return to;
  }

  /// Rows of the largest window.
  public int largest() {
    return largest;
  }

  public int steps() {
    return steps;
  }

  /// @param first time of the first step
  /// @param stride from step to step; 0 when all look at the same time
  /// @param shared whether the column is one that never changes under its reference
  public void compute(
      long[] column, int columnSize, long first, long stride, long rangeMillis, boolean shared) {
    if (shared && column == times && columnSize == size) {
      return;
    }
    times = shared ? column : null;
    size = columnSize;
    largest = 0;
    int low = 0;
    int high = 0;
    int lowPace = 0;
    int highPace = 0;
    for (int step = 0; step < steps; step++) {
      long end = first + step * stride;
      int newHigh = rowsUntil(column, columnSize, end, high, high + highPace);
      highPace = newHigh - high;
      high = newHigh;
      int newLow = rowsUntil(column, columnSize, end - rangeMillis, low, low + lowPace);
      lowPace = newLow - low;
      low = newLow;
      from[step] = low;
      to[step] = high;
      largest = Math.max(largest, high - low);
    }
  }

  /// How many rows are not behind `time`, at least `from`. Regular scrapes make `guess` right.
  private static int rowsUntil(long[] column, int size, long time, int from, int guess) {
    if (guess <= size
        && (guess == size || column[guess] > time)
        && (guess == from || column[guess - 1] <= time)) {
      return guess;
    }
    int row = from;
    while (row < size && column[row] <= time) {
      row++;
    }
    return row;
  }
}
