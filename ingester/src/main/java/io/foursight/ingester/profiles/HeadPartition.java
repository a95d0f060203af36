package io.foursight.ingester.profiles;

import io.foursight.model.profiles.ProfileSet;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.util.Arrays;

/// Profiles of one service and build in a segment: symbols once, profiles and samples as columns in
/// order of arrival. Written by one thread at a time; what a row holds never changes, so readers of
/// a [#view] need no lock.
///
/// ```
/// profile p:  series, time, duration, period, id high, id low, total; samples sampleEnds[p-1]..sampleEnds[p]-1
/// sample s:   stack, value; span id and trace id when any sample has one
/// ```
final class HeadPartition {
  private static final int NUMBERS = 6;

  private final PartitionKey key;
  private final SymbolsInterner interner = new SymbolsInterner(new ProfileSymbols());
  private int rows;
  private int[] series = new int[16];
  private long[] numbers = new long[NUMBERS * 16];
  private int[] sampleEnds = new int[16];
  private int samples;
  private int[] stacks = new int[256];
  private long[] values = new long[256];
  private boolean hasSpans;
  private long[] spanIds = {};
  private long[] traceIds = {};

  /// Row + 1 by hash of series, time and id.
  private int[] slots = new int[64];

  /// The part of it that is there at one moment.
  record View(
      PartitionKey key,
      ProfileSymbols symbols,
      int rows,
      int[] series,
      long[] numbers,
      int[] sampleEnds,
      int[] stacks,
      long[] values,
      boolean hasSpans,
      long[] spanIds,
      long[] traceIds) {
    long time(int row) {
      return numbers[NUMBERS * row];
    }

    long duration(int row) {
      return numbers[NUMBERS * row + 1];
    }

    long period(int row) {
      return numbers[NUMBERS * row + 2];
    }

    long idHigh(int row) {
      return numbers[NUMBERS * row + 3];
    }

    long idLow(int row) {
      return numbers[NUMBERS * row + 4];
    }

    /// The sum of all its samples.
    long total(int row) {
      return numbers[NUMBERS * row + 5];
    }

    int sampleStart(int row) {
      return row == 0 ? 0 : sampleEnds[row - 1];
    }

    int sampleEnd(int row) {
      return sampleEnds[row];
    }

    long spanId(int sample) {
      return hasSpans ? spanIds[sample] : 0;
    }

    long traceHigh(int sample) {
      return hasSpans ? traceIds[2 * sample] : 0;
    }

    long traceLow(int sample) {
      return hasSpans ? traceIds[2 * sample + 1] : 0;
    }
  }

  HeadPartition(PartitionKey key) {
    this.key = key;
  }

  View view() {
    return new View(
        key,
        interner.symbols().view(),
        rows,
        series,
        numbers,
        sampleEnds,
        stacks,
        values,
        hasSpans,
        spanIds,
        traceIds);
  }

  SymbolsInterner.From from(ProfileSymbols symbols) {
    return interner.from(symbols);
  }

  /// @return false when a copy of the profile is there
  boolean add(ProfilesBatch batch, int profile, int ofSeries, SymbolsInterner.From from) {
    long time = batch.timeNanos(profile);
    long idHigh = batch.idHigh(profile);
    long idLow = batch.idLow(profile);
    int slot = -1;
    if ((idHigh | idLow) != 0) {
      slot = slot(ofSeries, time, idHigh, idLow);
      if (slots[slot] != 0) {
        return false;
      }
    }
    int row = rows;
    if (row == series.length) {
      series = Arrays.copyOf(series, 2 * row);
      numbers = Arrays.copyOf(numbers, 2 * numbers.length);
      sampleEnds = Arrays.copyOf(sampleEnds, 2 * row);
    }
    long total = addSamples(batch, profile, from);
    series[row] = ofSeries;
    int at = NUMBERS * row;
    numbers[at] = time;
    numbers[at + 1] = batch.durationNanos(profile);
    numbers[at + 2] = batch.period(profile);
    numbers[at + 3] = idHigh;
    numbers[at + 4] = idLow;
    numbers[at + 5] = total;
    sampleEnds[row] = samples;
    rows++;
    if (slot >= 0) {
      slots[slot] = row + 1;
      if (2 * rows > slots.length) {
        grow();
      }
    }
    return true;
  }

  private long addSamples(ProfilesBatch batch, int profile, SymbolsInterner.From from) {
    int start = batch.sampleStart(profile);
    int count = batch.sampleEnd(profile) - start;
    if (stacks.length - samples < count) {
      int capacity = Math.max(samples + count, stacks.length + (stacks.length >> 1));
      stacks = Arrays.copyOf(stacks, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    long total = 0;
    for (int i = 0; i < count; i++) {
      int s = start + i;
      stacks[samples + i] = from.stack(batch.stack(s));
      values[samples + i] = batch.value(s);
      total += batch.value(s);
      hasSpans |= (batch.spanId(s) | batch.traceHigh(s) | batch.traceLow(s)) != 0;
    }
    if (hasSpans) {
      if (spanIds.length < stacks.length) {
        spanIds = Arrays.copyOf(spanIds, stacks.length);
        traceIds = Arrays.copyOf(traceIds, 2 * stacks.length);
      }
      for (int i = 0; i < count; i++) {
        spanIds[samples + i] = batch.spanId(start + i);
        traceIds[2 * (samples + i)] = batch.traceHigh(start + i);
        traceIds[2 * (samples + i) + 1] = batch.traceLow(start + i);
      }
    }
    samples += count;
    return total;
  }

  private int slot(int ofSeries, long time, long idHigh, long idLow) {
    int slot = ProfileSet.hash(ofSeries, time, idHigh, idLow) & slots.length - 1;
    while (slots[slot] != 0) {
      int row = slots[slot] - 1;
      int at = NUMBERS * row;
      if (series[row] == ofSeries
          && numbers[at] == time
          && numbers[at + 3] == idHigh
          && numbers[at + 4] == idLow) {
        return slot;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }

  private void grow() {
    slots = new int[2 * slots.length];
    for (int row = 0; row < rows; row++) {
      int at = NUMBERS * row;
      if ((numbers[at + 3] | numbers[at + 4]) != 0) {
        slots[slot(series[row], numbers[at], numbers[at + 3], numbers[at + 4])] = row + 1;
      }
    }
  }

  int rows() {
    return rows;
  }

  int samples() {
    return samples;
  }

  long allocatedBytes() {
    return 3 * interner.symbols().memoryBytes()
        + 8L * series.length
        + 8L * numbers.length
        + 4L * slots.length
        + 12L * stacks.length
        + 8L * spanIds.length
        + 8L * traceIds.length;
  }
}
