package io.foursight.ingester.metrics;

import java.util.Arrays;

/// The newest samples of each series of a shard, at most 16, that are not packed yet. Most take no
/// room of their own: times at equal distances are told by the last and the interval, values that
/// are all the same by the last one, and both of those stand in the series' record anyway
/// ([HeadShard]). Once a series needs a row of times or values it keeps it.
///
/// ```
/// record  2 (high half)       row of values + 1; 0 = all staged values are the last one
///         4 (low half), 5     last time, last value
///         6 (bits 0-4)        number of staged samples
///           (bit 5)           times have a row
///           (bits 12-31)      that row; else the interval, when there are two samples or more
/// ```
///
/// Under the shard's lock.
final class StagingRows {
  static final int MAX = StagingCodec.MAX;
  static final long STAGED = 0x1f;
  private static final long TIMES_ROW = 0x20;
  private static final int WIDE_SHIFT = 12;
  private static final long WIDE = 0xfffff000L;

  /// The largest interval, about 17 minutes, and the last row of times: what does not fit is packed
  /// early.
  private static final int MAX_WIDE = (int) (WIDE >>> WIDE_SHIFT);

  private final LongPages values = new LongPages(MAX);
  private final IntPages times = new IntPages(MAX);
  private int valueRows;
  private int timeRows;

  static int count(long meta) {
    return (int) (meta & STAGED);
  }

  private static int wide(long meta) {
    return (int) ((meta & WIDE) >>> WIDE_SHIFT);
  }

  private static int valueRow(long[] r, int o) {
    return (int) (r[o + 2] >>> 32) - 1;
  }

  /// Adds a sample that is newer than the record's last, before the record says so.
  ///
  /// @return false when there is no room; there always is when nothing is staged
  boolean add(long[] r, int o, int time, long bits) {
    long meta = r[o + 6];
    int n = count(meta);
    if (n == MAX) {
      return false;
    }
    if ((meta & TIMES_ROW) == 0 && n > 0) {
      int interval = time - (int) r[o + 4];
      if (n == 1) {
        if (interval > MAX_WIDE) {
          return false;
        }
        r[o + 6] = meta & ~WIDE | (long) interval << WIDE_SHIFT;
      } else if (interval != wide(meta) && !giveTimes(r, o)) {
        return false;
      }
    }
    if ((r[o + 6] & TIMES_ROW) != 0) {
      int row = wide(r[o + 6]);
      times.page(row)[times.at(row) + n] = time;
    }
    int row = valueRow(r, o);
    if (row < 0 && n > 0 && bits != r[o + 5]) {
      row = giveValues(r, o);
    }
    if (row >= 0) {
      values.page(row)[values.at(row) + n] = bits;
    }
    r[o + 6]++;
    return true;
  }

  /// Puts a sample in front of staged sample `place`.
  ///
  /// @return false when there is no room
  boolean insert(long[] r, int o, int place, int time, long bits) {
    int n = count(r[o + 6]);
    if (n == MAX || ((r[o + 6] & TIMES_ROW) == 0 && !giveTimes(r, o))) {
      return false;
    }
    int timeRow = wide(r[o + 6]);
    shift(times.page(timeRow), times.at(timeRow) + place, n - place);
    times.page(timeRow)[times.at(timeRow) + place] = time;
    int valueRow = valueRow(r, o) < 0 ? giveValues(r, o) : valueRow(r, o);
    long[] page = values.page(valueRow);
    int at = values.at(valueRow) + place;
    System.arraycopy(page, at, page, at + 1, n - place);
    page[at] = bits;
    r[o + 6]++;
    return true;
  }

  private static void shift(int[] page, int at, int n) {
    System.arraycopy(page, at, page, at + 1, n);
  }

  private boolean giveTimes(long[] r, int o) {
    if (timeRows > MAX_WIDE) {
      return false;
    }
    int row = timeRows++;
    times.addRow();
    long meta = r[o + 6];
    regularTimes(r, o, count(meta), times.page(row), times.at(row));
    r[o + 6] = meta & ~WIDE | (long) row << WIDE_SHIFT | TIMES_ROW;
    return true;
  }

  private static void regularTimes(long[] r, int o, int n, int[] into, int at) {
    int interval = wide(r[o + 6]);
    int time = (int) r[o + 4];
    for (int i = n - 1; i >= 0; i--) {
      into[at + i] = time;
      time -= interval;
    }
  }

  private int giveValues(long[] r, int o) {
    int row = valueRows++;
    values.addRow();
    int at = values.at(row);
    Arrays.fill(values.page(row), at, at + count(r[o + 6]), r[o + 5]);
    r[o + 2] = r[o + 2] & HeadShard.LOW | (long) (row + 1) << 32;
    return row;
  }

  /// Copies what is staged, oldest first.
  ///
  /// @return how many
  int copy(long[] r, int o, int[] intoTimes, long[] intoBits) {
    long meta = r[o + 6];
    int n = count(meta);
    if ((meta & TIMES_ROW) == 0) {
      regularTimes(r, o, n, intoTimes, 0);
    } else {
      System.arraycopy(times.page(wide(meta)), times.at(wide(meta)), intoTimes, 0, n);
    }
    int row = valueRow(r, o);
    if (row < 0) {
      Arrays.fill(intoBits, 0, n, r[o + 5]);
    } else {
      System.arraycopy(values.page(row), values.at(row), intoBits, 0, n);
    }
    return n;
  }

  long bytes() {
    return values.bytes() + times.bytes();
  }
}
