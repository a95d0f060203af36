package io.foursight.storage.profiles.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.LongCodec;
import java.util.Arrays;
import java.util.BitSet;

/// Values added up by stack, and their stored form, the pre-merged samples of many profiles:
///
/// ```
/// | count varint | bytes of the first column varint | stacks, ascending | values | crc u32 |
/// ```
///
/// both columns [LongColumn]s. Owned by one thread.
final class StackSums {
  private final LongColumn columns = new LongColumn();
  private final BitSet there = new BitSet();
  private long[] sums = new long[256];

  void add(int stack, long value) {
    if (stack >= sums.length) {
      sums = Arrays.copyOf(sums, Math.max(2 * sums.length, stack + 1));
    }
    sums[stack] += value;
    there.set(stack);
  }

  /// How many stacks.
  int count() {
    return there.cardinality();
  }

  void clear() {
    for (int s = there.nextSetBit(0); s >= 0; s = there.nextSetBit(s + 1)) {
      sums[s] = 0;
    }
    there.clear();
  }

  /// Memory held, which grows with the greatest stack.
  long memoryBytes() {
    return 8L * sums.length + there.size() / 8;
  }

  void write(ByteWriter out) {
    int count = count();
    var stacks = new long[count];
    var values = new long[count];
    int n = 0;
    for (int s = there.nextSetBit(0); s >= 0; s = there.nextSetBit(s + 1)) {
      stacks[n] = s;
      values[n++] = sums[s];
    }
    int start = out.size();
    out.varint(count);
    pair(columns, stacks, values, count, out);
    out.checksum(start);
  }

  /// `| bytes of the first column varint | first | second |`, so that both can be read side by
  /// side.
  static void pair(LongColumn columns, long[] first, long[] second, int count, ByteWriter out) {
    var one = new ByteWriter(count + 16);
    columns.write(first, 0, count, one);
    out.varint(one.size());
    out.bytes(one);
    columns.write(second, 0, count, out);
  }

  /// Receives pairs, up to [LongCodec#MAX_COUNT] at once, starting with row `first`.
  @FunctionalInterface
  interface Pairs {
    void accept(long[] stacks, long[] values, int first, int count);
  }

  /// Decodes what [#pair] wrote. Holds scratch space: owned by one thread.
  static final class Decoder {
    private final LongCodec codec = new LongCodec();
    private final long[] stacks = new long[LongCodec.MAX_COUNT];
    private final long[] values = new long[LongCodec.MAX_COUNT];

    void pairs(ByteReader in, int count, int maxStack, String file, long offset, Pairs each) {
      int length = in.varint(in.remaining());
      int start = in.position();
      var second =
          new ByteReader(in.array(), start + length, in.end(), file, offset + start + length);
      for (int first = 0; first < count; first += LongCodec.MAX_COUNT) {
        int n = Math.min(LongCodec.MAX_COUNT, count - first);
        codec.decode(in, n, stacks);
        codec.decode(second, n, values);
        long all = 0;
        long most = 0;
        for (int i = 0; i < n; i++) {
          all |= stacks[i];
          most = Math.max(most, stacks[i]);
        }
        if (all < 0 || most > maxStack) {
          throw in.corrupt("stack " + most + " of " + (maxStack + 1L));
        }
        each.accept(stacks, values, first, n);
      }
    }

    /// Stored sums.
    ///
    /// @param start and `end` of them in `bytes`, whose first byte lies at `offset`
    void sums(byte[] bytes, int start, int end, long offset, int maxStack, Pairs each) {
      String file = ProfilesBlockFormat.PROFILES;
      ByteReader in = ByteReader.checked(bytes, start, end, file, offset + start);
      int count = in.varint(Integer.MAX_VALUE);
      pairs(in, count, maxStack, file, offset, each);
    }
  }
}
