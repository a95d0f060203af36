package io.foursight.storage.profiles.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.BitSet;

/// What the index tells of a chunk. Its parts lie one after the other from `offset` in `profiles`,
/// in the order of the record; a length of 0 = there is none.
///
/// @param partition whose symbols its stacks are of
/// @param series numbers of the series it has
/// @param runs stretches of one series in it
/// @param sums of all its samples, see [StackSums]
/// @param runSums those of single runs
record ChunkMeta(
    int partition,
    BitSet series,
    long minTime,
    long maxTime,
    int profiles,
    long samples,
    int runs,
    long offset,
    int headBytes,
    int idBytes,
    int sumBytes,
    int runSumBytes,
    int sampleBytes,
    int spanBytes) {

  long sizeBytes() {
    return (long) headBytes + idBytes + sumBytes + runSumBytes + sampleBytes + spanBytes;
  }

  long idsOffset() {
    return offset + headBytes;
  }

  long sumsOffset() {
    return idsOffset() + idBytes;
  }

  long runSumsOffset() {
    return sumsOffset() + sumBytes;
  }

  long samplesOffset() {
    return runSumsOffset() + runSumBytes;
  }

  long spansOffset() {
    return samplesOffset() + sampleBytes;
  }

  long end() {
    return spansOffset() + spanBytes;
  }

  /// ```
  /// | partition | series count | series, as differences | min time zigzag | max - min time |
  /// | profiles | samples | runs | offset | lengths of the six parts |
  /// ```
  void write(ByteWriter out) {
    out.varint(partition);
    out.varint(series.cardinality());
    int before = 0;
    for (int s = series.nextSetBit(0); s >= 0; s = series.nextSetBit(s + 1)) {
      out.varint(s - before);
      before = s;
    }
    out.zigzag(minTime);
    out.varint(maxTime - minTime);
    out.varint(profiles);
    out.varint(samples);
    out.varint(runs);
    out.varint(offset);
    out.varint(headBytes);
    out.varint(idBytes);
    out.varint(sumBytes);
    out.varint(runSumBytes);
    out.varint(sampleBytes);
    out.varint(spanBytes);
  }

  static ChunkMeta read(ByteReader in, int partitions, int seriesCount) {
    int max = Integer.MAX_VALUE;
    int partition = in.varint(partitions - 1);
    var series = new BitSet(seriesCount);
    int last = 0;
    for (int left = in.varint(seriesCount); left > 0; left--) {
      last += in.varint(seriesCount - 1 - last);
      series.set(last);
    }
    long minTime = in.zigzag();
    return new ChunkMeta(
        partition,
        series,
        minTime,
        minTime + in.varint(),
        in.varint(ProfilesBlockFormat.CHUNK_PROFILES),
        in.varint(),
        in.varint(max),
        in.varint(),
        in.varint(max),
        in.varint(max),
        in.varint(max),
        in.varint(max),
        in.varint(max),
        in.varint(max));
  }
}
