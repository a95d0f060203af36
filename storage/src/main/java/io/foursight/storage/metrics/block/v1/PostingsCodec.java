package io.foursight.storage.metrics.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.LongCodec;
import org.roaringbitmap.RoaringBitmap;

/// Ascending series ordinals, in the smaller of two codes.
///
/// ```
/// | kind u8 | count varint | runs (kind 0): (gap varint, length - 1 varint)* | or ordinals (kind 1): LongCodec of up to 1024 each |
/// ```
///
/// A gap counts the ordinals left out since the last run. Holds scratch space; one thread.
final class PostingsCodec {
  private static final int RUNS = 0;
  private static final int LONGS = 1;

  private final LongCodec codec = new LongCodec();
  private final ByteWriter runs = new ByteWriter();
  private final ByteWriter longs = new ByteWriter();
  private final long[] scratch = new long[LongCodec.MAX_COUNT];

  /// Appends `ordinals[from..to)`.
  void encode(int[] ordinals, int from, int to, ByteWriter out) {
    runs.clear();
    int last = -1;
    int runCount = 0;
    for (int i = from; i < to; runCount++) {
      int start = i++;
      while (i < to && ordinals[i] == ordinals[i - 1] + 1) {
        i++;
      }
      runs.varint(ordinals[start] - last - 1L);
      runs.varint(i - start - 1L);
      last = ordinals[i - 1];
    }
    int count = to - from;
    longs.clear();
    if (runCount > 4) {
      for (int at = from; at < to; at += scratch.length) {
        int n = Math.min(scratch.length, to - at);
        for (int i = 0; i < n; i++) {
          scratch[i] = ordinals[at + i];
        }
        codec.encode(scratch, n, longs);
      }
    }
    boolean packed = runCount > 4 && longs.size() < runs.size();
    out.u8(packed ? LONGS : RUNS);
    out.varint(count);
    out.bytes(packed ? longs : runs);
  }

  /// Adds a list to a set.
  ///
  /// @param seriesCount bound of the ordinals
  void decode(ByteReader in, int seriesCount, RoaringBitmap into) {
    int kind = in.u8();
    int count = in.varint(seriesCount);
    if (kind == RUNS) {
      long at = 0;
      int left = count;
      while (left > 0) {
        at += in.varint(seriesCount);
        int length = in.varint(left - 1) + 1;
        if (at + length > seriesCount) {
          throw in.corrupt("posting " + (at + length - 1) + " of " + seriesCount + " series");
        }
        if (length == 1) {
          into.add((int) at);
        } else {
          into.add(at, at + length);
        }
        at += length;
        left -= length;
      }
      return;
    }
    if (kind != LONGS) {
      throw in.corrupt("postings kind " + kind);
    }
    var chunk = new int[scratch.length];
    for (int done = 0; done < count; done += chunk.length) {
      int n = Math.min(chunk.length, count - done);
      codec.decode(in, n, scratch);
      for (int i = 0; i < n; i++) {
        if (scratch[i] < 0 || scratch[i] >= seriesCount) {
          throw in.corrupt("posting " + scratch[i] + " of " + seriesCount + " series");
        }
        chunk[i] = (int) scratch[i];
      }
      into.addN(chunk, 0, n);
    }
  }
}
