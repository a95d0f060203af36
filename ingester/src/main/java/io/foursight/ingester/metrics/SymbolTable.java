package io.foursight.ingester.metrics;

import io.foursight.model.SeriesHash;
import io.foursight.storage.encoding.Varint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Distinct texts of a shard as UTF-8, numbered from 0 in order of arrival.
///
/// ```
/// addresses[id] -> arena: uvarint length, bytes        table: open addressing, id + 1, 0 = free
/// ```
///
/// Written under the shard's lock, looked up under its read lock by several at once; [Snapshot]s
/// are read without.
final class SymbolTable {
  private final SeriesHash hash;
  private final ByteArena arena;

  /// Of the text that is being interned. Lookups, which may run at the same time, have their own.
  private final long[] high = new long[1];

  private final long[] low = new long[1];
  private int[] addresses = new int[16];
  private int[] hashes = new int[16];
  private int[] table = new int[32];
  private int count;

  SymbolTable(SeriesHash hash, ByteArena arena) {
    this.hash = hash;
    this.arena = arena;
  }

  /// The id of a text, or -1.
  int find(byte[] text, int offset, int length) {
    // Anything shared here would be a race between readers.
    long[] ownHigh = new long[1];
    hash.hash(text, offset, length, ownHigh, new long[1], 0);
    return table[slot((int) ownHigh[0], text, offset, length)] - 1;
  }

  int find(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return find(bytes, 0, bytes.length);
  }

  int intern(byte[] text, int offset, int length) {
    hash.hash(text, offset, length, high, low, 0);
    int h = (int) high[0];
    int at = slot(h, text, offset, length);
    if (table[at] != 0) {
      return table[at] - 1;
    }
    int address = arena.allocate(Varint.size(length) + length);
    byte[] page = arena.page(address);
    int p = Varint.put(page, ByteArena.offset(address), length);
    System.arraycopy(text, offset, page, p, length);
    if (count == addresses.length) {
      addresses = Arrays.copyOf(addresses, count * 2);
      hashes = Arrays.copyOf(hashes, count * 2);
    }
    addresses[count] = address;
    hashes[count] = h;
    table[at] = ++count;
    if (count * 2 > table.length) {
      rehash();
    }
    return count - 1;
  }

  /// Where the text stands in the table, or would.
  private int slot(int h, byte[] text, int offset, int length) {
    int mask = table.length - 1;
    int at = h & mask;
    while (true) {
      int id = table[at] - 1;
      if (id < 0 || (hashes[id] == h && equal(id, text, offset, length))) {
        return at;
      }
      at = at + 1 & mask;
    }
  }

  private boolean equal(int id, byte[] text, int offset, int length) {
    int address = addresses[id];
    byte[] page = arena.page(address);
    int p = ByteArena.offset(address);
    int n = length(page, p);
    int start = p + Varint.size(n);
    return n == length && Arrays.equals(page, start, start + n, text, offset, offset + length);
  }

  private void rehash() {
    int[] bigger = new int[table.length * 2];
    int mask = bigger.length - 1;
    for (int id = 0; id < count; id++) {
      int at = hashes[id] & mask;
      while (bigger[at] != 0) {
        at = at + 1 & mask;
      }
      bigger[at] = id + 1;
    }
    table = bigger;
  }

  static int length(byte[] page, int position) {
    int result = 0;
    int p = position;
    for (int shift = 0; ; shift += 7) {
      byte b = page[p++];
      result |= (b & 0x7f) << shift;
      if (b >= 0) {
        return result;
      }
    }
  }

  int count() {
    return count;
  }

  long bytes() {
    return 8L * addresses.length + 4L * table.length;
  }

  /// Take it under the shard's lock.
  Snapshot snapshot() {
    return new Snapshot(arena.pages(), addresses, count);
  }

  /// The symbols known at one moment, readable from any thread.
  record Snapshot(byte[][] pages, int[] addresses, int count) {
    /// UTF-8 order, which is the order of labels.
    int compare(int a, int b) {
      if (a == b) {
        return 0;
      }
      byte[] pageA = pages[addresses[a] >>> ByteArena.PAGE_BITS];
      byte[] pageB = pages[addresses[b] >>> ByteArena.PAGE_BITS];
      int p = ByteArena.offset(addresses[a]);
      int q = ByteArena.offset(addresses[b]);
      int n = length(pageA, p);
      int m = length(pageB, q);
      p += Varint.size(n);
      q += Varint.size(m);
      return Arrays.compareUnsigned(pageA, p, p + n, pageB, q, q + m);
    }

    String text(int id) {
      byte[] page = pages[addresses[id] >>> ByteArena.PAGE_BITS];
      int p = ByteArena.offset(addresses[id]);
      int n = length(page, p);
      return new String(page, p + Varint.size(n), n, StandardCharsets.UTF_8);
    }
  }
}
