package io.foursight.storage.profiles.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader.Range;

/// A chunk's head, decoded: its profiles without samples, and where the parts of its runs lie.
/// Immutable once read.
final class ChunkHead {
  private final ChunkMeta meta;

  /// By run: series; first profile, one more at the end; first sample, likewise.
  final int[] series;

  final int[] profileStarts;
  final long[] sampleStarts;
  private final int[] sumBytes;
  private final int[] sampleBytes;
  private final int[] spanBytes;
  private final long[] sumOffsets;
  private final long[] sampleOffsets;
  private final long[] spanOffsets;

  final long[] times;
  final int[] counts;
  final long[] totals;
  final long[] durations;
  final long[] periods;

  /// @param head the part of the chunk
  ChunkHead(ChunkMeta meta, byte[] head, LongColumn columns) {
    this.meta = meta;
    int runs = meta.runs();
    series = new int[runs];
    profileStarts = new int[runs + 1];
    sampleStarts = new long[runs + 1];
    sumBytes = new int[runs];
    sampleBytes = new int[runs];
    spanBytes = new int[runs];
    sumOffsets = new long[runs];
    sampleOffsets = new long[runs];
    spanOffsets = new long[runs];
    ByteReader in =
        ByteReader.checked(head, 0, head.length, ProfilesBlockFormat.PROFILES, meta.offset());
    long sums = meta.runSumsOffset();
    long samples = meta.samplesOffset();
    long spans = meta.spansOffset();
    int last = Math.max(0, meta.series().length() - 1);
    for (int r = 0; r < runs; r++) {
      series[r] = in.varint(last);
      profileStarts[r + 1] = profileStarts[r] + in.varint(meta.profiles() - profileStarts[r]);
      sumBytes[r] = in.varint(meta.runSumBytes());
      sampleBytes[r] = in.varint(meta.sampleBytes());
      spanBytes[r] = in.varint(meta.spanBytes());
      sumOffsets[r] = sums;
      sampleOffsets[r] = samples;
      spanOffsets[r] = spans;
      sums += sumBytes[r];
      samples += sampleBytes[r];
      spans += spanBytes[r];
    }
    if (profileStarts[runs] != meta.profiles()
        || sums != meta.samplesOffset()
        || samples != meta.spansOffset()
        || spans != meta.end()) {
      throw in.corrupt("runs that do not fill their chunk");
    }
    int n = meta.profiles();
    times = columns.read(in, n);
    counts = columns.readInts(in, n, Integer.MAX_VALUE);
    totals = columns.read(in, n);
    durations = columns.read(in, n);
    periods = columns.read(in, n);
    for (int r = 0; r < runs; r++) {
      long count = 0;
      for (int p = profileStarts[r]; p < profileStarts[r + 1]; p++) {
        count += counts[p];
      }
      sampleStarts[r + 1] = sampleStarts[r] + count;
      if (count > Integer.MAX_VALUE) {
        throw in.corrupt("a run of " + count + " samples");
      }
    }
    if (sampleStarts[runs] != meta.samples()) {
      throw in.corrupt(sampleStarts[runs] + " samples where the index tells " + meta.samples());
    }
  }

  ChunkMeta meta() {
    return meta;
  }

  int runs() {
    return series.length;
  }

  int samples(int run) {
    return (int) (sampleStarts[run + 1] - sampleStarts[run]);
  }

  boolean hasSums(int run) {
    return sumBytes[run] > 0;
  }

  boolean hasSpans(int run) {
    return spanBytes[run] > 0;
  }

  Range sumsRange(int run) {
    return new Range(sumOffsets[run], sumBytes[run]);
  }

  Range samplesRange(int run) {
    return new Range(sampleOffsets[run], sampleBytes[run]);
  }

  Range spansRange(int run) {
    return new Range(spanOffsets[run], spanBytes[run]);
  }

  /// Memory held.
  static long memoryBytes(ChunkMeta meta) {
    return 44L * meta.profiles() + 64L * meta.runs();
  }

  /// The ids of a chunk's profiles.
  record Ids(long[] highs, long[] lows) {
    static Ids read(ChunkMeta meta, byte[] bytes) {
      ByteReader in =
          ByteReader.checked(
              bytes, 0, bytes.length, ProfilesBlockFormat.PROFILES, meta.idsOffset());
      var ids = new Ids(new long[meta.profiles()], new long[meta.profiles()]);
      for (int p = 0; p < meta.profiles(); p++) {
        ids.highs[p] = in.u64();
        ids.lows[p] = in.u64();
      }
      return ids;
    }
  }

  /// The spans of a run: the number of each sample's, and by number from 1 what it is.
  record Spans(int[] numbers, long[] ids, long[] traceHighs, long[] traceLows) {
    static Spans read(byte[] bytes, long offset, int samples, LongColumn columns) {
      ByteReader in =
          ByteReader.checked(bytes, 0, bytes.length, ProfilesBlockFormat.PROFILES, offset);
      int count = in.varint(in.remaining() / 24);
      var ids = new long[count + 1];
      var highs = new long[count + 1];
      var lows = new long[count + 1];
      for (int s = 1; s <= count; s++) {
        ids[s] = in.u64();
        highs[s] = in.u64();
        lows[s] = in.u64();
      }
      return new Spans(columns.readInts(in, samples, count), ids, highs, lows);
    }
  }
}
