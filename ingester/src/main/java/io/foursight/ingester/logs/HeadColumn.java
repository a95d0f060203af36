package io.foursight.ingester.logs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One structured metadata name of a page: a code for each row, and each different value once.
/// Written under the segment's lock; [#view] is taken under it and may be read without.
///
/// ```
/// codes[row]                                    row's value, -1 = none; rows past the array have none
/// values[starts[code] .. starts[code + 1])      bytes of a value
/// slots                                         open addressing by the value's hash, code + 1, 0 = free
/// ```
final class HeadColumn {
  final String name;
  final byte[] nameBytes;
  private int[] codes = new int[0];
  private int[] starts = new int[8];
  private byte[] values = new byte[64];
  private int[] slots = new int[16];
  private int valueCount;

  HeadColumn(byte[] bytes, int offset, int length) {
    nameBytes = Arrays.copyOfRange(bytes, offset, offset + length);
    name = new String(nameBytes, StandardCharsets.UTF_8);
  }

  boolean isNamed(byte[] bytes, int offset, int length) {
    return nameBytes.length == length
        && Arrays.equals(nameBytes, 0, length, bytes, offset, offset + length);
  }

  /// Sets the value of the newest row.
  void set(int row, byte[] bytes, int offset, int length) {
    if (row >= codes.length) {
      int before = codes.length;
      codes = Arrays.copyOf(codes, Math.max(16, Math.max(row + 1, 2 * before)));
      Arrays.fill(codes, before, codes.length, -1);
    }
    codes[row] = code(bytes, offset, length);
  }

  private int code(byte[] bytes, int offset, int length) {
    int hash = hash(bytes, offset, length);
    int mask = slots.length - 1;
    int at = hash & mask;
    for (; slots[at] != 0; at = at + 1 & mask) {
      int code = slots[at] - 1;
      int start = starts[code];
      if (starts[code + 1] - start == length
          && Arrays.equals(values, start, start + length, bytes, offset, offset + length)) {
        return code;
      }
    }
    return add(bytes, offset, length, at);
  }

  private int add(byte[] bytes, int offset, int length, int slot) {
    int code = valueCount++;
    int start = starts[code];
    if (values.length - start < length) {
      values = Arrays.copyOf(values, Math.max(start + length, 2 * values.length));
    }
    System.arraycopy(bytes, offset, values, start, length);
    if (code + 2 > starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    starts[code + 1] = start + length;
    slots[slot] = code + 1;
    if (2 * valueCount > slots.length) {
      rehash();
    }
    return code;
  }

  private void rehash() {
    slots = new int[4 * slots.length];
    int mask = slots.length - 1;
    for (int code = 0; code < valueCount; code++) {
      int at = hash(values, starts[code], starts[code + 1] - starts[code]) & mask;
      while (slots[at] != 0) {
        at = at + 1 & mask;
      }
      slots[at] = code + 1;
    }
  }

  private static int hash(byte[] bytes, int offset, int length) {
    int h = length;
    for (int i = offset; i < offset + length; i++) {
      h = h * 31 + bytes[i];
    }
    h *= 0x9e3779b9;
    return h ^ h >>> 15;
  }

  /// The page is full: what only writing needs goes.
  void freeze() {
    slots = new int[0];
  }

  long allocatedBytes() {
    return 100L + 4L * (codes.length + starts.length + slots.length) + values.length;
  }

  View view() {
    return new View(name, nameBytes, codes, values, starts);
  }

  /// What readers see. The codes of rows that are not yet the reader's may change under it.
  record View(String name, byte[] nameBytes, int[] codes, byte[] values, int[] starts) {
    int code(int row) {
      return row < codes.length ? codes[row] : -1;
    }

    int length(int code) {
      return starts[code + 1] - starts[code];
    }
  }
}
