package io.foursight.storage.profiles.block.v1;

import io.foursight.storage.encoding.ByteWriter;
import java.util.Arrays;
import java.util.BitSet;

/// Collects one chunk: profiles of one partition, type and stretch of time, series after series.
///
/// ```
/// head:  | per run: series, profiles, [sum bytes], sample bytes, span bytes, varints |
///        | times | sample counts | totals | durations | periods | crc u32 |       columns over all profiles
/// ids:   | per profile: id high u64, low u64 | crc u32 |
/// sums, sums of runs:  StackSums
/// samples of a run:    | bytes of stacks varint | stacks | values | crc u32 |     each profile's by stack
/// spans of a run:      | count varint | per span: id u64, trace high u64, low u64 | numbers | crc u32 |
/// ```
///
/// A sample's number of a span is 0 for none, else counts from 1. Sums are written where samples
/// are [ProfilesBlockFormat#SUMS_FACTOR] times as many. Reused from chunk to chunk; owned by one
/// thread.
final class ChunkWriter {
  private static final int ROW = 6;

  private final LongColumn columns = new LongColumn();
  private final StackSums chunkSums = new StackSums();
  private final StackSums runSums = new StackSums();
  private final SpanTable spans = new SpanTable();

  /// Time, sample count, total, duration, period by profile; ids apart.
  private long[][] rows = new long[ROW - 1][64];

  private final ByteWriter ids = new ByteWriter();
  private int profiles;
  private long samples;
  private long minTime;
  private long maxTime;
  private final BitSet series = new BitSet();
  private final ByteWriter runHeads = new ByteWriter();
  private final ByteWriter runSumParts = new ByteWriter();
  private final ByteWriter sampleParts = new ByteWriter();
  private final ByteWriter spanParts = new ByteWriter();
  private int runs;

  /// What reading all runs instead of the chunk's sums would have to add.
  private long runEntries;

  // The run under way.
  private int runSeries = -1;
  private int runProfiles;
  private int runSamples;
  private long[] stacks = new long[1024];
  private long[] values = new long[1024];
  private long[] spanNumbers = new long[1024];
  private long[] order = new long[64];

  boolean isEmpty() {
    return profiles == 0;
  }

  boolean isFull() {
    return profiles >= ProfilesBlockFormat.CHUNK_PROFILES
        || samples >= ProfilesBlockFormat.CHUNK_SAMPLES;
  }

  int profiles() {
    return profiles;
  }

  long samples() {
    return samples;
  }

  long minTime() {
    return minTime;
  }

  long maxTime() {
    return maxTime;
  }

  void add(int ofSeries, ProfileRow row) {
    if (ofSeries != runSeries || runSamples >= ProfilesBlockFormat.RUN_SAMPLES) {
      endRun();
      runSeries = ofSeries;
    }
    if (profiles == rows[0].length) {
      for (int c = 0; c < rows.length; c++) {
        rows[c] = Arrays.copyOf(rows[c], 2 * profiles);
      }
    }
    int count = row.count();
    rows[0][profiles] = row.timeNanos();
    rows[1][profiles] = count;
    rows[3][profiles] = row.durationNanos();
    rows[4][profiles] = row.period();
    ids.u64(row.idHigh());
    ids.u64(row.idLow());
    rows[2][profiles] = addSamples(row, count);
    minTime = profiles == 0 ? row.timeNanos() : Math.min(minTime, row.timeNanos());
    maxTime = profiles == 0 ? row.timeNanos() : Math.max(maxTime, row.timeNanos());
    profiles++;
    runProfiles++;
    samples += count;
  }

  /// By stack: neighbours' numbers differ by little.
  private long addSamples(ProfileRow row, int count) {
    int needed = runSamples + count;
    if (needed > stacks.length) {
      int capacity = Math.max(needed, 2 * stacks.length);
      stacks = Arrays.copyOf(stacks, capacity);
      values = Arrays.copyOf(values, capacity);
      spanNumbers = Arrays.copyOf(spanNumbers, capacity);
    }
    if (order.length < count) {
      order = new long[Math.max(count, 2 * order.length)];
    }
    for (int i = 0; i < count; i++) {
      order[i] = (long) row.stack(i) << 32 | i;
    }
    Arrays.sort(order, 0, count);
    long total = 0;
    for (int i = 0; i < count; i++) {
      int s = (int) order[i];
      int to = runSamples + i;
      stacks[to] = order[i] >>> 32;
      values[to] = row.value(s);
      spanNumbers[to] = spans.number(row.spanId(s), row.traceHigh(s), row.traceLow(s));
      runSums.add((int) stacks[to], values[to]);
      chunkSums.add((int) stacks[to], values[to]);
      total += values[to];
    }
    runSamples = needed;
    return total;
  }

  private void endRun() {
    if (runProfiles == 0) {
      return;
    }
    series.set(runSeries);
    runHeads.varint(runSeries);
    runHeads.varint(runProfiles);
    int count = runSums.count();
    if ((long) count * ProfilesBlockFormat.SUMS_FACTOR <= runSamples && count > 0) {
      int start = runSumParts.size();
      runSums.write(runSumParts);
      runHeads.varint(runSumParts.size() - start);
      runEntries += count;
    } else {
      runHeads.varint(0);
      runEntries += runSamples;
    }
    int start = sampleParts.size();
    if (runSamples > 0) {
      StackSums.pair(columns, stacks, values, runSamples, sampleParts);
      sampleParts.checksum(start);
    }
    runHeads.varint(sampleParts.size() - start);
    start = spanParts.size();
    if (spans.count() > 0) {
      spans.write(spanParts);
      columns.write(spanNumbers, 0, runSamples, spanParts);
      spanParts.checksum(start);
    }
    runHeads.varint(spanParts.size() - start);
    runs++;
    runProfiles = 0;
    runSamples = 0;
    runSums.clear();
    spans.clear();
  }

  /// The chunk as bytes and what the index is to tell of it; empty afterwards.
  ChunkMeta finish(int partition, long offset, ByteWriter out) {
    endRun();
    out.bytes(runHeads);
    for (long[] column : rows) {
      columns.write(column, 0, profiles, out);
    }
    out.checksum(0);
    int headBytes = out.size();
    out.bytes(ids);
    out.checksum(headBytes);
    int sumsAt = out.size();
    if ((long) chunkSums.count() * ProfilesBlockFormat.SUMS_FACTOR <= runEntries
        && chunkSums.count() > 0
        && runs > 1) {
      chunkSums.write(out);
    }
    int sumBytes = out.size() - sumsAt;
    out.bytes(runSumParts);
    out.bytes(sampleParts);
    out.bytes(spanParts);
    var meta =
        new ChunkMeta(
            partition,
            (BitSet) series.clone(),
            minTime,
            maxTime,
            profiles,
            samples,
            runs,
            offset,
            headBytes,
            sumsAt - headBytes,
            sumBytes,
            runSumParts.size(),
            sampleParts.size(),
            spanParts.size());
    clear();
    return meta;
  }

  private void clear() {
    profiles = 0;
    samples = 0;
    runs = 0;
    runEntries = 0;
    runSeries = -1;
    series.clear();
    ids.clear();
    runHeads.clear();
    runSumParts.clear();
    sampleParts.clear();
    spanParts.clear();
    chunkSums.clear();
  }
}
