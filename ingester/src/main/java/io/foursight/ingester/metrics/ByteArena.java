package io.foursight.ingester.metrics;

import io.foursight.model.FoursightException;
import java.util.Arrays;

/// Append-only bytes in 64 KiB pages; what was written at an address never moves in the eyes of a
/// reader and never changes. Address = page << 16 | offset; address 0 is never given out. Written
/// under the shard's lock; a reader that saw an address under that lock may read it later without.
final class ByteArena {
  static final int PAGE_BITS = 16;
  static final int OFFSET_MASK = (1 << PAGE_BITS) - 1;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int FIRST_PAGE_BYTES = 512;

  private byte[][] pages = {new byte[FIRST_PAGE_BYTES]};
  private int pageCount = 1;
  private int position = 1;
  private long bytes = FIRST_PAGE_BYTES;

  /// Room for `n` contiguous bytes.
  int allocate(int n) {
    byte[] last = pages[pageCount - 1];
    if (n <= last.length - position) {
      int address = (pageCount - 1) << PAGE_BITS | position;
      position += n;
      return address;
    }
    if (pageCount == 1 && position + n <= PAGE_BYTES) {
      int size = Math.min(PAGE_BYTES, Math.max(last.length * 2, position + n));
      bytes += size - last.length;
      pages[0] = Arrays.copyOf(last, size);
      return allocate(n);
    }
    if (pageCount == 1 << (32 - PAGE_BITS)) {
      throw FoursightException.unavailable("a range of the head is full: 4 GiB in one arena");
    }
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, pageCount * 2);
    }
    // What does not fit into a page has one to itself, and leaves the next to start afresh.
    int size = Math.max(n, PAGE_BYTES);
    pages[pageCount] = new byte[size];
    bytes += size;
    int address = pageCount++ << PAGE_BITS;
    position = n;
    return address;
  }

  int append(byte[] from, int offset, int length) {
    int address = allocate(length);
    System.arraycopy(from, offset, page(address), offset(address), length);
    return address;
  }

  byte[] page(int address) {
    return pages[address >>> PAGE_BITS];
  }

  static int offset(int address) {
    return address & OFFSET_MASK;
  }

  /// Pages for a reader without the lock: those of all addresses given out so far.
  byte[][] pages() {
    return pages;
  }

  long bytes() {
    return bytes;
  }
}
