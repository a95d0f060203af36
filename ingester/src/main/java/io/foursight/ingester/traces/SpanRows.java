package io.foursight.ingester.traces;

import java.util.Arrays;

/// The spans of a segment as columns, in order of arrival, in pages that never move. Written by one
/// thread at a time.
final class SpanRows {
  static final int PAGE_BITS = 10;
  static final int PAGE_ROWS = 1 << PAGE_BITS;
  static final int ROW_MASK = PAGE_ROWS - 1;
  private static final long PAGE_BYTES = PAGE_ROWS * 48L;

  /// Columns of up to 1024 rows.
  static final class Page {
    final int[] traces = new int[PAGE_ROWS];
    final int[] previous = new int[PAGE_ROWS];
    final long[] spanIds = new long[PAGE_ROWS];
    final long[] starts = new long[PAGE_ROWS];
    final long[] ends = new long[PAGE_ROWS];
    final int[] groups = new int[PAGE_ROWS];
    final long[] places = new long[PAGE_ROWS];
    final int[] lengths = new int[PAGE_ROWS];
  }

  private Page[] pages = new Page[4];
  private int pageCount;
  private int rows;

  /// Rows by a hash of their content: its low half with the row's number + 1.
  private long[] slots = new long[256];

  int rows() {
    return rows;
  }

  Page[] pages() {
    return pages;
  }

  Page page(int row) {
    return pages[row >>> PAGE_BITS];
  }

  /// @param hash of the content, for [#candidate]
  /// @param previous row of the same trace, or -1
  int add(
      int trace,
      int previous,
      long spanId,
      long start,
      long end,
      int group,
      long place,
      int length,
      int hash) {
    if (rows == pageCount << PAGE_BITS) {
      if (pageCount == pages.length) {
        pages = Arrays.copyOf(pages, 2 * pageCount);
      }
      pages[pageCount++] = new Page();
    }
    Page page = page(rows);
    int at = rows & ROW_MASK;
    page.traces[at] = trace;
    page.previous[at] = previous;
    page.spanIds[at] = spanId;
    page.starts[at] = start;
    page.ends[at] = end;
    page.groups[at] = group;
    page.places[at] = place;
    page.lengths[at] = length;
    rows++;
    if (2 * rows > slots.length) {
      long[] old = slots;
      slots = new long[2 * old.length];
      for (long slot : old) {
        if (slot != 0) {
          put(slot);
        }
      }
    }
    put((long) hash << 32 | rows);
    return rows - 1;
  }

  private void put(long entry) {
    int slot = (int) (entry >>> 32) & slots.length - 1;
    while (slots[slot] != 0) {
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = entry;
  }

  /// Tests rows whose content may be equal to that of a hash.
  interface RowTest {
    boolean test(Page page, int at);
  }

  /// Whether any row with this hash passes.
  boolean any(int hash, RowTest test) {
    int slot = hash & slots.length - 1;
    for (long entry = slots[slot]; entry != 0; entry = slots[slot]) {
      int row = (int) entry - 1;
      if ((int) (entry >>> 32) == hash && test.test(page(row), row & ROW_MASK)) {
        return true;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return false;
  }

  long allocatedBytes() {
    return pageCount * PAGE_BYTES + 8L * slots.length;
  }
}
