package io.foursight.ingester.metrics;

import java.util.Arrays;

/// Rows of a fixed number of longs, 256 rows a page; the first page grows from 4 rows. Read and
/// written under the shard's lock.
final class LongPages {
  static final int ROW_BITS = 8;
  static final int ROW_MASK = (1 << ROW_BITS) - 1;
  private static final int FIRST_ROWS = 4;

  private final int width;
  private long[][] pages = new long[1][];
  private int rows;
  private long bytes;

  LongPages(int width) {
    this.width = width;
    pages[0] = new long[FIRST_ROWS * width];
    bytes = 8L * pages[0].length;
  }

  /// Adds a row of zeros.
  void addRow() {
    int page = rows >>> ROW_BITS;
    int needed = ((rows & ROW_MASK) + 1) * width;
    if (page == pages.length) {
      pages = Arrays.copyOf(pages, page * 2);
    }
    if (pages[page] == null) {
      pages[page] = new long[width << ROW_BITS];
      bytes += 8L * pages[page].length;
    } else if (pages[page].length < needed) {
      bytes += 8L * pages[page].length;
      pages[page] = Arrays.copyOf(pages[page], pages[page].length * 2);
    }
    rows++;
  }

  long[] page(int row) {
    return pages[row >>> ROW_BITS];
  }

  int at(int row) {
    return (row & ROW_MASK) * width;
  }

  long bytes() {
    return bytes;
  }
}
