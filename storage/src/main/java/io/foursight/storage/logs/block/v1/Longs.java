package io.foursight.storage.logs.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.LongCodec;
import java.util.Arrays;
import java.util.List;

/// A run of numbers in the directory: how they are coded and where.
///
/// ```
/// | mode u8 | ... |
/// 0 constant: | value zigzag |
/// 1 packed:   | chunk: LongCodec of 1024 rows after the other |
/// 2 planes:   | least zigzag | width u8 | chunk for each byte of (value - least), lowest first |
/// ```
///
/// @param base the constant, or the least value
record Longs(int count, int mode, long base, List<Chunk> chunks) {
  static final int CONSTANT = 0;
  static final int PACKED = 1;
  static final int PLANES = 2;

  /// Up to so many numbers are written in both ways to see which is smaller; of more, a sample.
  private static final int TRIED_WHOLE = 1 << 14;

  private static final int SAMPLE = 4 * LongCodec.MAX_COUNT;

  static Longs read(int count, Chunk.Places places) {
    ByteReader in = places.in();
    int mode = in.u8();
    return switch (mode) {
      case CONSTANT -> new Longs(count, mode, in.zigzag(), List.of());
      case PACKED -> new Longs(count, mode, 0, List.of(places.read()));
      case PLANES -> {
        long least = in.zigzag();
        var chunks = new Chunk[in.u8()];
        if (chunks.length > 8) {
          throw in.corrupt("numbers of " + chunks.length + " bytes");
        }
        for (int i = 0; i < chunks.length; i++) {
          chunks[i] = places.read();
          if (chunks[i].rawLength() != count) {
            throw in.corrupt(chunks[i].rawLength() + " bytes for " + count + " rows");
          }
        }
        yield new Longs(count, mode, least, List.of(chunks));
      }
      default -> throw in.corrupt("numbers of mode " + mode);
    };
  }

  long[] load(GroupChunks source) {
    var out = new long[count];
    switch (mode) {
      case CONSTANT -> Arrays.fill(out, base);
      case PACKED -> {
        byte[] bytes = source.bytes(chunks.getFirst());
        var in = new ByteReader(bytes, 0, bytes.length, LogsBlockFormat.ROWS, 0);
        var codec = new LongCodec();
        var block = new long[LongCodec.MAX_COUNT];
        for (int at = 0; at < count; at += block.length) {
          int n = Math.min(block.length, count - at);
          codec.decode(in, n, block);
          System.arraycopy(block, 0, out, at, n);
        }
      }
      default -> {
        Arrays.fill(out, base);
        for (int p = 0; p < chunks.size(); p++) {
          byte[] plane = source.bytes(chunks.get(p));
          int shift = 8 * p;
          for (int i = 0; i < count; i++) {
            out[i] += (plane[i] & 0xffL) << shift;
          }
        }
      }
    }
    return out;
  }

  /// As [#load], for numbers that must lie in `0..max`.
  int[] loadInts(GroupChunks source, int max) {
    var out = new int[count];
    if (mode == PLANES && chunks.size() == 1) {
      byte[] plane = source.bytes(chunks.getFirst());
      for (int i = 0; i < count; i++) {
        out[i] = check((plane[i] & 0xff) + base, max);
      }
      return out;
    }
    long[] longs = load(source);
    for (int i = 0; i < count; i++) {
      out[i] = check(longs[i], max);
    }
    return out;
  }

  private static int check(long value, int max) {
    if (value < 0 || value > max) {
      throw FoursightException.corrupt(
          LogsBlockFormat.ROWS + ": number " + value + " outside 0.." + max);
    }
    return (int) value;
  }

  /// Writes numbers in the smallest way.
  static void write(long[] x, int count, GroupOutput out) {
    long min = count == 0 ? 0 : x[0];
    long max = min;
    for (int i = 1; i < count; i++) {
      min = Math.min(min, x[i]);
      max = Math.max(max, x[i]);
    }
    if (min == max) {
      out.directory.u8(CONSTANT);
      out.directory.zigzag(min);
      return;
    }
    if (count < 32) {
      writePacked(packed(x, count), out);
      return;
    }
    Tried tried = count < TRIED_WHOLE ? Tried.BOTH : tried(x, count, min, max, out);
    if (tried == Tried.PACKED) {
      writePacked(packed(x, count), out);
      return;
    }
    GroupOutput planes = planes(x, count, min, max, out);
    if (tried == Tried.PLANES) {
      out.append(planes);
      return;
    }
    var packed = packed(x, count);
    if (isBetter(planes.size(), packed.size())) {
      out.append(planes);
    } else {
      writePacked(packed, out);
    }
  }

  /// Planes unpack faster into small numbers; packed numbers must be clearly smaller.
  private static boolean isBetter(long planes, long packed) {
    return planes <= packed + packed / 32 + 16;
  }

  private enum Tried {
    PACKED,
    PLANES,
    BOTH
  }

  /// What is clearly better for a sample from all over the numbers.
  private static Tried tried(long[] x, int count, long min, long max, GroupOutput out) {
    var sample = new long[SAMPLE];
    int pieces = SAMPLE / LongCodec.MAX_COUNT;
    for (int i = 0; i < pieces; i++) {
      int from = (int) ((long) (count - LongCodec.MAX_COUNT) * i / (pieces - 1));
      System.arraycopy(x, from, sample, i * LongCodec.MAX_COUNT, LongCodec.MAX_COUNT);
    }
    long planes = planes(sample, SAMPLE, min, max, out).size();
    long packed = packed(sample, SAMPLE).size();
    if (planes < packed - packed / 6) {
      return Tried.PLANES;
    }
    return packed < planes - planes / 6 ? Tried.PACKED : Tried.BOTH;
  }

  private static GroupOutput planes(long[] x, int count, long min, long max, GroupOutput out) {
    GroupOutput planes = out.fresh();
    int width = (64 - Long.numberOfLeadingZeros(max - min) + 7) / 8;
    planes.directory.u8(PLANES);
    planes.directory.zigzag(min);
    planes.directory.u8(width);
    var plane = new byte[count];
    for (int p = 0; p < width; p++) {
      for (int i = 0; i < count; i++) {
        plane[i] = (byte) (x[i] - min >>> 8 * p);
      }
      planes.chunk(plane, 0, count, true);
    }
    return planes;
  }

  private static void writePacked(ByteWriter packed, GroupOutput out) {
    out.directory.u8(PACKED);
    out.chunk(packed.array(), 0, packed.size(), false);
  }

  private static ByteWriter packed(long[] x, int count) {
    var packed = new ByteWriter(64 + 2 * count);
    var codec = new LongCodec();
    var block = new long[LongCodec.MAX_COUNT];
    for (int at = 0; at < count; at += block.length) {
      int n = Math.min(block.length, count - at);
      System.arraycopy(x, at, block, 0, n);
      codec.encode(block, n, packed);
    }
    return packed;
  }
}
