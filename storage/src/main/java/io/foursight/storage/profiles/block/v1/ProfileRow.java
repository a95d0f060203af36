package io.foursight.storage.profiles.block.v1;

import io.foursight.model.Labels;
import java.util.Arrays;

/// One profile on its way into or out of a block. Reused from profile to profile; owned by one
/// thread.
public final class ProfileRow {
  private Labels labels = Labels.EMPTY;
  private long timeNanos;
  private long durationNanos;
  private long period;
  private long idHigh;
  private long idLow;
  private int count;
  private int[] stacks = new int[64];
  private long[] values = new long[64];
  private boolean hasSpans;
  private long[] spans = {};

  /// Begins another profile, without samples.
  public void begin(
      Labels ofSeries, long time, long duration, long newPeriod, long newIdHigh, long newIdLow) {
    labels = ofSeries;
    timeNanos = time;
    durationNanos = duration;
    period = newPeriod;
    idHigh = newIdHigh;
    idLow = newIdLow;
    count = 0;
    hasSpans = false;
  }

  /// @param stack in the numbers of the partition
  /// @param spanId with the trace id: 0, 0, 0 = none
  public void add(int stack, long value, long spanId, long traceHigh, long traceLow) {
    if (count == stacks.length) {
      stacks = Arrays.copyOf(stacks, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    stacks[count] = stack;
    values[count] = value;
    if (!hasSpans && (spanId | traceHigh | traceLow) != 0) {
      hasSpans = true;
      if (spans.length < 3 * stacks.length) {
        spans = new long[3 * stacks.length];
      }
      Arrays.fill(spans, 0, 3 * count, 0);
    }
    if (hasSpans) {
      if (spans.length < 3 * stacks.length) {
        spans = Arrays.copyOf(spans, 3 * stacks.length);
      }
      spans[3 * count] = spanId;
      spans[3 * count + 1] = traceHigh;
      spans[3 * count + 2] = traceLow;
    }
    count++;
  }

  public Labels labels() {
    return labels;
  }

  public long timeNanos() {
    return timeNanos;
  }

  public long durationNanos() {
    return durationNanos;
  }

  public long period() {
    return period;
  }

  public long idHigh() {
    return idHigh;
  }

  public long idLow() {
    return idLow;
  }

  /// How many samples.
  public int count() {
    return count;
  }

  public int stack(int sample) {
    return stacks[sample];
  }

  public long value(int sample) {
    return values[sample];
  }

  public long spanId(int sample) {
    return hasSpans ? spans[3 * sample] : 0;
  }

  public long traceHigh(int sample) {
    return hasSpans ? spans[3 * sample + 1] : 0;
  }

  public long traceLow(int sample) {
    return hasSpans ? spans[3 * sample + 2] : 0;
  }
}
