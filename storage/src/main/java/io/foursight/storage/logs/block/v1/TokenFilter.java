package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.Arrays;

/// A Bloom filter of 64-bit hashes, ten bits and seven probes a key, so that one in 120 strange
/// keys passes: `| bytes varint | bits |`; without bytes everything passes. Immutable.
final class TokenFilter {
  private static final int BITS_PER_KEY = 10;
  private static final int PROBES = 7;
  static final TokenFilter NONE = new TokenFilter(new byte[0]);

  private final byte[] bits;

  private TokenFilter(byte[] bits) {
    this.bits = bits;
  }

  static TokenFilter read(ByteReader in) {
    return new TokenFilter(in.bytes(in.varint(in.remaining())));
  }

  boolean isNone() {
    return bits.length == 0;
  }

  boolean mayHave(long hash) {
    if (bits.length == 0) {
      return true;
    }
    long size = 8L * bits.length;
    long h = hash;
    for (int i = 0; i < PROBES; i++) {
      long bit = Math.unsignedMultiplyHigh(h, size);
      if ((bits[(int) (bit >>> 3)] >>> (bit & 7) & 1) == 0) {
        return false;
      }
      h = h * 0x9e3779b97f4a7c15L + 0x632be59bd9b4e019L;
    }
    return true;
  }

  /// @param keys in any order, repetitions too; sorted here
  static void write(long[] keys, int count, ByteWriter out) {
    Arrays.sort(keys, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || keys[i] != keys[i - 1]) {
        distinct++;
      }
    }
    // Without keys nothing passes, which one byte of zeros says.
    var bits = new byte[Math.max(1, (distinct * BITS_PER_KEY + 7) / 8)];
    long size = 8L * bits.length;
    for (int k = 0; k < count; k++) {
      long h = keys[k];
      for (int i = 0; i < PROBES; i++) {
        long bit = Math.unsignedMultiplyHigh(h, size);
        bits[(int) (bit >>> 3)] |= (byte) (1 << (bit & 7));
        h = h * 0x9e3779b97f4a7c15L + 0x632be59bd9b4e019L;
      }
    }
    out.varint(bits.length);
    out.bytes(bits, 0, bits.length);
  }

  static void writeNone(ByteWriter out) {
    out.varint(0);
  }

  /// The hash of a key; part of the format.
  static long hash(byte[] bytes, int start, int length) {
    long h = 0xcbf29ce484222325L ^ length;
    for (int i = start; i < start + length; i++) {
      h = (h ^ bytes[i]) * 0x100000001b3L;
    }
    h ^= h >>> 32;
    h *= 0xd6e8feb86659fd93L;
    h ^= h >>> 32;
    h *= 0xd6e8feb86659fd93L;
    return h ^ h >>> 32;
  }
}
