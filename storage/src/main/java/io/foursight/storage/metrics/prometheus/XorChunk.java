package io.foursight.storage.metrics.prometheus;

import io.foursight.model.metrics.SampleColumns;

/// Chunks of floats, encoding 1: timestamps as differences of differences, values as XOR.
final class XorChunk {
  static final int ENCODING = 1;
  private static final int[] WIDTHS = {14, 17, 20};

  private XorChunk() {}

  /// Rows `from..to-1`, at most 65,535, all floats.
  static BitWriter encode(SampleColumns samples, int from, int to) {
    var out = new BitWriter();
    var value = new XorValue();
    out.bits(to - from, 16);
    long delta = 0;
    for (int i = from; i < to; i++) {
      long t = samples.timestamp(i);
      if (i == from) {
        out.varint(t);
        value.writeFirst(samples.value(i), out);
        continue;
      }
      long newDelta = t - samples.timestamp(i - 1);
      if (i == from + 1) {
        out.uvarint(newDelta);
      } else {
        writeDod(newDelta - delta, out);
      }
      delta = newDelta;
      value.write(samples.value(i), out);
    }
    return out;
  }

  private static void writeDod(long dod, BitWriter out) {
    if (dod == 0) {
      out.bit(false);
      return;
    }
    out.bit(true);
    for (int width : WIDTHS) {
      if (dod >= -(1L << (width - 1)) + 1 && dod <= 1L << (width - 1)) {
        out.bit(false);
        out.bits(dod, width);
        return;
      }
      out.bit(true);
    }
    out.bits(dod, 64);
  }

  static void decode(BitReader in, SampleColumns into) {
    int count = (int) in.bits(16);
    var value = new XorValue();
    long t = 0;
    long delta = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0) {
        t = in.varint();
        into.add(t, value.readFirst(in));
        continue;
      }
      delta = i == 1 ? in.uvarint() : delta + readDod(in);
      t += delta;
      into.add(t, value.read(in));
    }
  }

  private static long readDod(BitReader in) {
    if (!in.bit()) {
      return 0;
    }
    for (int width : WIDTHS) {
      if (!in.bit()) {
        return BitReader.signed(in.bits(width), width);
      }
    }
    return in.bits(64);
  }
}
