package io.foursight.storage.profiles.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.LongCodec;

/// Any number of longs as [LongCodec] codes of [LongCodec#MAX_COUNT] rows, one after the other; no
/// rows, no bytes. Holds scratch space: owned by one thread.
final class LongColumn {
  private final LongCodec codec = new LongCodec();
  private final long[] block = new long[LongCodec.MAX_COUNT];

  void write(long[] x, int from, int to, ByteWriter out) {
    for (int at = from; at < to; at += block.length) {
      int n = Math.min(block.length, to - at);
      System.arraycopy(x, at, block, 0, n);
      codec.encode(block, n, out);
    }
  }

  void write(int[] x, int from, int to, ByteWriter out) {
    for (int at = from; at < to; at += block.length) {
      int n = Math.min(block.length, to - at);
      for (int i = 0; i < n; i++) {
        block[i] = x[at + i];
      }
      codec.encode(block, n, out);
    }
  }

  long[] read(ByteReader in, int count) {
    var out = new long[count];
    for (int at = 0; at < count; at += block.length) {
      int n = Math.min(block.length, count - at);
      codec.decode(in, n, block);
      System.arraycopy(block, 0, out, at, n);
    }
    return out;
  }

  /// Numbers that must lie in `0..max`.
  int[] readInts(ByteReader in, int count, int max) {
    var out = new int[count];
    for (int at = 0; at < count; at += block.length) {
      int n = Math.min(block.length, count - at);
      codec.decode(in, n, block);
      for (int i = 0; i < n; i++) {
        if (block[i] < 0 || block[i] > max) {
          throw in.corrupt("number " + block[i] + " outside 0.." + max);
        }
        out[at + i] = (int) block[i];
      }
    }
    return out;
  }
}
