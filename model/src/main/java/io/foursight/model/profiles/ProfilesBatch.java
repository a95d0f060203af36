package io.foursight.model.profiles;

import io.foursight.model.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// One decoded push as columns: symbols once, and profiles, each of one series and sample type with
/// a run of samples.
///
/// ```
/// profile p:  labels(p) (with __profile_type__ and its parts), time, duration, period, id,
///             samples sampleStart(p) .. sampleEnd(p)-1
/// sample s:   stack stacks()[s] of symbols(), value values()[s], span id, trace id
/// ```
///
/// Filled front to back (`beginProfile`, then `addSample`). A profile may name a stack more than
/// once. **Valid only until the call it was passed to returns.** Owned by one thread.
public final class ProfilesBatch {
  private final ProfileSymbols symbols;
  private final List<Labels> labels = new ArrayList<>();
  private long[] numbers = new long[5 * 16];
  private int[] sampleEnds = new int[16];
  private int sampleCount;
  private int[] stacks = new int[256];
  private long[] values = new long[256];
  private boolean hasSpans;
  private long[] spanIds = new long[0];
  private long[] traceIds = new long[0];

  public ProfilesBatch(ProfileSymbols symbols) {
    this.symbols = symbols;
  }

  public ProfileSymbols symbols() {
    return symbols;
  }

  /// Starts the next profile; its samples follow.
  ///
  /// @param timeNanos when it was taken, since the epoch
  /// @param durationNanos how long; 0 = unknown
  /// @param period between samples in the period's unit; 0 = unknown
  /// @param idHigh with `idLow` the UUID of the profile that was pushed; 0, 0 = none yet
  /// @return the number of the profile
  public int beginProfile(
      Labels labels, long timeNanos, long durationNanos, long period, long idHigh, long idLow) {
    int profile = this.labels.size();
    if (profile == sampleEnds.length) {
      sampleEnds = Arrays.copyOf(sampleEnds, 2 * profile);
      numbers = Arrays.copyOf(numbers, 2 * numbers.length);
    }
    this.labels.add(labels);
    numbers[5 * profile] = timeNanos;
    numbers[5 * profile + 1] = durationNanos;
    numbers[5 * profile + 2] = period;
    numbers[5 * profile + 3] = idHigh;
    numbers[5 * profile + 4] = idLow;
    sampleEnds[profile] = sampleCount;
    return profile;
  }

  /// Adds a sample of the profile begun last.
  ///
  /// @param spanId 0 = none
  /// @param traceHigh with `traceLow` the trace id; 0, 0 = none
  public void addSample(int stack, long value, long spanId, long traceHigh, long traceLow) {
    int sample = sampleCount;
    if (sample == stacks.length) {
      stacks = Arrays.copyOf(stacks, 2 * sample);
      values = Arrays.copyOf(values, 2 * sample);
    }
    stacks[sample] = stack;
    values[sample] = value;
    if ((spanId | traceHigh | traceLow) != 0) {
      hasSpans = true;
    }
    if (hasSpans) {
      if (spanIds.length < stacks.length) {
        spanIds = Arrays.copyOf(spanIds, stacks.length);
        traceIds = Arrays.copyOf(traceIds, 2 * stacks.length);
      }
      spanIds[sample] = spanId;
      traceIds[2 * sample] = traceHigh;
      traceIds[2 * sample + 1] = traceLow;
    }
    sampleEnds[labels.size() - 1] = ++sampleCount;
  }

  public int profiles() {
    return labels.size();
  }

  public Labels labels(int profile) {
    return labels.get(profile);
  }

  /// Replaces a profile's labels (discovered service name, relabelling).
  public void labels(int profile, Labels newLabels) {
    labels.set(profile, newLabels);
  }

  public long timeNanos(int profile) {
    return numbers[5 * profile];
  }

  public long durationNanos(int profile) {
    return numbers[5 * profile + 1];
  }

  public long period(int profile) {
    return numbers[5 * profile + 2];
  }

  public long idHigh(int profile) {
    return numbers[5 * profile + 3];
  }

  public long idLow(int profile) {
    return numbers[5 * profile + 4];
  }

  /// Names a profile.
  public void id(int profile, long high, long low) {
    numbers[5 * profile + 3] = high;
    numbers[5 * profile + 4] = low;
  }

  public int sampleStart(int profile) {
    return profile == 0 ? 0 : sampleEnds[profile - 1];
  }

  public int sampleEnd(int profile) {
    return sampleEnds[profile];
  }

  public int samples() {
    return sampleCount;
  }

  public int stack(int sample) {
    return stacks[sample];
  }

  public long value(int sample) {
    return values[sample];
  }

  /// Whether any sample has a span or trace id.
  public boolean hasSpans() {
    return hasSpans;
  }

  public long spanId(int sample) {
    return hasSpans ? spanIds[sample] : 0;
  }

  public long traceHigh(int sample) {
    return hasSpans ? traceIds[2 * sample] : 0;
  }

  public long traceLow(int sample) {
    return hasSpans ? traceIds[2 * sample + 1] : 0;
  }

  /// Removes profiles with their samples; symbols stay. Numbers are those before the call.
  public void remove(BitSet removed) {
    int kept = 0;
    int keptSamples = 0;
    int sample = 0;
    for (int p = 0; p < labels.size(); p++) {
      int end = sampleEnds[p];
      if (!removed.get(p)) {
        labels.set(kept, labels.get(p));
        System.arraycopy(numbers, 5 * p, numbers, 5 * kept, 5);
        int count = end - sample;
        System.arraycopy(stacks, sample, stacks, keptSamples, count);
        System.arraycopy(values, sample, values, keptSamples, count);
        if (hasSpans) {
          System.arraycopy(spanIds, sample, spanIds, keptSamples, count);
          System.arraycopy(traceIds, 2 * sample, traceIds, 2 * keptSamples, 2 * count);
        }
        keptSamples += count;
        sampleEnds[kept++] = keptSamples;
      }
      sample = end;
    }
    labels.subList(kept, labels.size()).clear();
    sampleCount = keptSamples;
  }
}
