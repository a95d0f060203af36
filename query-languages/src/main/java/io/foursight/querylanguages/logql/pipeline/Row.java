package io.foursight.querylanguages.logql.pipeline;

import java.util.Arrays;

/// The entry in the pipeline: its line as a slice, its time, its labels, and room for bytes that
/// steps make. One per run, reused.
final class Row {
  byte[] line = new byte[0];
  int offset;
  int length;
  long timestampNanos;
  final EntryLabels labels;

  /// Bytes made for this entry. Slices of older arrays stay valid when it grows.
  private byte[] made = new byte[512];

  private int madeLength;

  Row(EntryLabels labels) {
    this.labels = labels;
  }

  void begin(byte[] bytes, int from, int size, long timestamp) {
    line = bytes;
    offset = from;
    length = size;
    timestampNanos = timestamp;
    madeLength = 0;
    if (made.length > 1 << 20) {
      made = new byte[512];
    }
  }

  void line(byte[] bytes, int from, int size) {
    line = bytes;
    offset = from;
    length = size;
  }

  /// Room for `size` bytes, to be written at [#madeOffset] of the answer and then kept by
  /// [#keep(int)].
  byte[] room(int size) {
    if (madeLength + size > made.length) {
      made = new byte[Math.max(size, made.length * 2)];
      madeLength = 0;
    }
    return made;
  }

  int madeOffset() {
    return madeLength;
  }

  void keep(int size) {
    madeLength += size;
  }

  /// A copy of bytes that outlives their source.
  int copy(byte[] bytes, int from, int size) {
    byte[] to = room(size);
    int at = madeLength;
    System.arraycopy(bytes, from, to, at, size);
    madeLength += size;
    return at;
  }

  byte[] made() {
    return made;
  }

  byte[] lineCopy() {
    return Arrays.copyOfRange(line, offset, offset + length);
  }
}
