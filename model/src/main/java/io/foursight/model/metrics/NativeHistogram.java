package io.foursight.model.metrics;

import java.util.Arrays;
import java.util.Objects;

/// One native histogram sample as it was received. Immutable: the arrays are never written after
/// construction, neither by the owner nor by readers.
///
/// Buckets are absolute counts (never deltas), in span order; `spans` are pairs `offset, length,
/// offset, length, ...`: the first offset is the index of the first bucket, later ones are gaps.
/// `schema` is -4..8 for exponential buckets or [#CUSTOM_BUCKETS] for custom ones, whose upper
/// bounds (without +Inf) are `customValues`, else an empty array. `integer` tells that the sender
/// used integer counts, which an exact export needs. A stale marker is a histogram whose `sum` is
/// [StaleMarker#VALUE]. Follows Prometheus's native histogram specification, version 1.0.
public record NativeHistogram(
    boolean integer,
    ResetHint resetHint,
    int schema,
    double zeroThreshold,
    double zeroCount,
    double count,
    double sum,
    int[] positiveSpans,
    double[] positiveBuckets,
    int[] negativeSpans,
    double[] negativeBuckets,
    double[] customValues) {

  public static final int CUSTOM_BUCKETS = -53;
  public static final int MIN_SCHEMA = -4;
  public static final int MAX_SCHEMA = 8;
  private static final int[] NO_SPANS = {};
  private static final double[] NO_BUCKETS = {};

  /// What the sender says about a counter reset just before this sample. Ordinals are the wire
  /// values.
  public enum ResetHint {
    UNKNOWN,
    RESET,
    NOT_RESET,
    GAUGE
  }

  public NativeHistogram {
    Objects.requireNonNull(resetHint);
    Objects.requireNonNull(positiveSpans);
    Objects.requireNonNull(positiveBuckets);
    Objects.requireNonNull(negativeSpans);
    Objects.requireNonNull(negativeBuckets);
    Objects.requireNonNull(customValues);
  }

  /// The staleness marker as a histogram.
  public static NativeHistogram stale() {
    return new NativeHistogram(
        false,
        ResetHint.UNKNOWN,
        0,
        0,
        0,
        0,
        StaleMarker.VALUE,
        NO_SPANS,
        NO_BUCKETS,
        NO_SPANS,
        NO_BUCKETS,
        NO_BUCKETS);
  }

  public boolean isStale() {
    return StaleMarker.isStale(sum);
  }

  public boolean hasCustomBuckets() {
    return schema == CUSTOM_BUCKETS;
  }

  public int bucketCount() {
    return positiveBuckets.length + negativeBuckets.length;
  }

  /// Rough heap size, for budgets.
  public long sizeBytes() {
    return 120
        + 4L * (positiveSpans.length + negativeSpans.length)
        + 8L * (positiveBuckets.length + negativeBuckets.length + customValues.length);
  }

  public NativeHistogram withResetHint(ResetHint hint) {
    return hint == resetHint
        ? this
        : new NativeHistogram(
            integer,
            hint,
            schema,
            zeroThreshold,
            zeroCount,
            count,
            sum,
            positiveSpans,
            positiveBuckets,
            negativeSpans,
            negativeBuckets,
            customValues);
  }

  /// Bit-exact equality, NaN patterns included.
  @Override
  public boolean equals(Object o) {
    return o instanceof NativeHistogram h
        && integer == h.integer
        && resetHint == h.resetHint
        && schema == h.schema
        && bits(zeroThreshold) == bits(h.zeroThreshold)
        && bits(zeroCount) == bits(h.zeroCount)
        && bits(count) == bits(h.count)
        && bits(sum) == bits(h.sum)
        && Arrays.equals(positiveSpans, h.positiveSpans)
        && Arrays.equals(positiveBuckets, h.positiveBuckets)
        && Arrays.equals(negativeSpans, h.negativeSpans)
        && Arrays.equals(negativeBuckets, h.negativeBuckets)
        && Arrays.equals(customValues, h.customValues);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        schema, count, sum, Arrays.hashCode(positiveBuckets), Arrays.hashCode(negativeBuckets));
  }

  private static long bits(double d) {
    return Double.doubleToRawLongBits(d);
  }
}
