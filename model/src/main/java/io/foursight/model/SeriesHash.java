package io.foursight.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Hashes of label sets and other bytes.
///
/// The instance hashes **bytes** with a key of this process: 128 bits over the label encoding of a
/// batch, so that a hostile sender cannot steer collisions. Two different label sets then share a
/// hash with a chance that is negligible (2^-64 at 4 billion series). Never stored, never sent.
/// Allocates nothing, safe from any thread.
///
/// [#shard] is unkeyed and stable: every process and every release puts a series into the same
/// shard.
public final class SeriesHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long P1 = 0xa0761d6478bd642fL;
  private static final long P2 = 0xe7037ed1a0b428dbL;
  private static final long P3 = 0x8ebc6af09c88c6e3L;
  private static final long P4 = 0x589965cc75374cc3L;

  private final long key0;
  private final long key1;

  public SeriesHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /// Hashes `length` bytes and hands both halves to `into` at `index`.
  public void hash(byte[] bytes, int offset, int length, long[] high, long[] low, int index) {
    long a = key0 ^ P1;
    long b = key1 ^ P2;
    int i = offset;
    int end = offset + length;
    for (; i + 32 <= end; i += 32) {
      long w0 = (long) LONGS.get(bytes, i);
      long w1 = (long) LONGS.get(bytes, i + 8);
      long w2 = (long) LONGS.get(bytes, i + 16);
      long w3 = (long) LONGS.get(bytes, i + 24);
      a = mix(w0 ^ P1 ^ key1, w1 ^ a) ^ mix(w2 ^ P3, w3 ^ a);
      b = mix(w1 ^ P2 ^ key0, w2 ^ b) + mix(w3 ^ P4, w0 ^ b);
    }
    for (; i + 8 <= end; i += 8) {
      long w = (long) LONGS.get(bytes, i);
      a = mix(w ^ P1, a ^ key1);
      b = mix(w ^ P4, b ^ key0);
    }
    if (i < end) {
      long w = tail(bytes, i, end - i);
      a = mix(w ^ P3, a ^ P2);
      b = mix(w ^ P2, b ^ P3);
    }
    high[index] = mix(a ^ length, b ^ P1);
    low[index] = mix(b ^ P4 ^ length, a ^ key1 ^ P3);
  }

  /// 64 keyed bits over `length` bytes at half the price of [#hash]: only for telling whether bytes
  /// are those of **one** candidate. Different bytes pass for equal with a chance of about 2^-64 a
  /// comparison that nobody without the key can raise; among many candidates (a table) that is too
  /// little, [#hash] is for those.
  public long check(byte[] bytes, int offset, int length) {
    long k0 = key0 ^ P4;
    long k1 = key1 ^ P3;
    long a = key1 ^ P1 ^ length;
    long b = key0 ^ P2;
    long c = ~a ^ P3;
    long d = ~b ^ P4;
    int i = offset;
    int end = offset + length;
    // Four chains, so that the multiplications of a round need not wait for each other.
    for (; i + 64 <= end; i += 64) {
      a = mix((long) LONGS.get(bytes, i) ^ k0, (long) LONGS.get(bytes, i + 8) ^ a);
      b = mix((long) LONGS.get(bytes, i + 16) ^ k1, (long) LONGS.get(bytes, i + 24) ^ b);
      c = mix((long) LONGS.get(bytes, i + 32) ^ k0, (long) LONGS.get(bytes, i + 40) ^ c);
      d = mix((long) LONGS.get(bytes, i + 48) ^ k1, (long) LONGS.get(bytes, i + 56) ^ d);
    }
    for (; i + 16 <= end; i += 16) {
      a = mix((long) LONGS.get(bytes, i) ^ k1, (long) LONGS.get(bytes, i + 8) ^ a);
    }
    if (i + 8 <= end) {
      b = mix((long) LONGS.get(bytes, i) ^ k0, b ^ P1);
      i += 8;
    }
    if (i < end) {
      c = mix(tail(bytes, i, end - i) ^ k0, c ^ P2);
    }
    return mix(mix(a ^ k1, b ^ P3), mix(c ^ k0, d ^ P2) ^ key1);
  }

  private static long tail(byte[] bytes, int offset, int n) {
    if (n >= 4) {
      long first = (int) INTS.get(bytes, offset) & 0xffffffffL;
      long last = (int) INTS.get(bytes, offset + n - 4) & 0xffffffffL;
      return first << 32 | last;
    }
    return (bytes[offset] & 0xffL) << 16
        | (bytes[offset + (n >> 1)] & 0xffL) << 8
        | (bytes[offset + n - 1] & 0xffL);
  }

  private static long mix(long x, long y) {
    return x * y ^ Math.unsignedMultiplyHigh(x, y);
  }

  /// FNV-1a over `name 0xff value 0xff ...` in UTF-8, folded: the stable shard of a series.
  public static int shard(Labels labels, int shardCount) {
    return (int) Long.remainderUnsigned(stable(labels), shardCount);
  }

  /// The stable, unkeyed 64-bit hash behind [#shard].
  public static long stable(Labels labels) {
    long h = 0xcbf29ce484222325L;
    for (int i = 0; i < labels.size(); i++) {
      h = fnv(fnv(h, labels.name(i)), labels.value(i));
    }
    h ^= h >>> 32;
    return h * 0x9e3779b97f4a7c15L ^ h >>> 29;
  }

  private static long fnv(long h, String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      h = (h ^ (b & 0xff)) * 0x100000001b3L;
    }
    return (h ^ 0xff) * 0x100000001b3L;
  }
}
