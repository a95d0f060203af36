package io.foursight.wire.otlp;

import io.foursight.model.FoursightException;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.wire.metrics.HistogramResolution;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import java.util.Arrays;
import java.util.List;

/// OTLP exponential histograms as native histograms. OTLP bucket `i` is `(base^i, base^(i+1)]`, the
/// native bucket `i + 1`; scales above 8 are merged down to 8, below -4 there is no native schema.
/// Runs of more than two empty buckets are left out between spans.
final class ExponentialBuckets {
  /// Stands for OTLP's unnamed threshold around zero.
  private static final double ZERO_THRESHOLD = 1e-128;

  private static final int MAX_GAP = 2;
  private static final double[] NO_VALUES = {};

  private ExponentialBuckets() {}

  /// @throws FoursightException `BAD_DATA` for a scale below -4
  static NativeHistogram translate(
      ExponentialHistogramDataPoint point, boolean delta, boolean noValue) {
    if (noValue) {
      return NativeHistogram.stale();
    }
    int scale = point.getScale();
    if (scale < NativeHistogram.MIN_SCHEMA) {
      throw FoursightException.badData(
          "cannot convert exponential to native histogram: scale must be >= -4, was " + scale);
    }
    int steps = Math.max(0, scale - NativeHistogram.MAX_SCHEMA);
    var positive =
        side(point.getPositive().getOffset(), point.getPositive().getBucketCountsList(), steps);
    var negative =
        side(point.getNegative().getOffset(), point.getNegative().getBucketCountsList(), steps);
    double threshold = point.getZeroThreshold();
    return new NativeHistogram(
        true,
        delta ? ResetHint.GAUGE : ResetHint.UNKNOWN,
        scale - steps,
        threshold > 0 && threshold < Double.POSITIVE_INFINITY ? threshold : ZERO_THRESHOLD,
        unsigned(point.getZeroCount()),
        unsigned(point.getCount()),
        point.hasSum() ? point.getSum() : 0,
        positive.spans(),
        positive.counts(),
        negative.spans(),
        negative.counts(),
        NO_VALUES);
  }

  private static HistogramResolution.Buckets side(int offset, List<Long> counts, int steps) {
    if (counts.isEmpty()) {
      return new HistogramResolution.Buckets(new int[0], NO_VALUES);
    }
    double[] dense = new double[counts.size()];
    for (int i = 0; i < dense.length; i++) {
      dense[i] = unsigned(counts.get(i));
    }
    var merged = HistogramResolution.merge(new int[] {offset + 1, dense.length}, dense, steps);
    return sparse(merged.spans()[0], merged.counts());
  }

  /// Turns a dense run of buckets from index `first` into spans.
  static HistogramResolution.Buckets sparse(int first, double[] dense) {
    int[] spans = new int[8];
    int spanInts = 0;
    double[] counts = new double[dense.length];
    int n = 0;
    int end = 0;
    for (int i = 0; i < dense.length; i++) {
      if (dense[i] == 0) {
        continue;
      }
      int gap = i - end;
      if (spanInts > 0 && gap <= MAX_GAP) {
        n += gap;
        spans[spanInts - 1] += gap + 1;
      } else {
        if (spanInts + 2 > spans.length) {
          spans = Arrays.copyOf(spans, spans.length * 2);
        }
        spans[spanInts] = spanInts == 0 ? first + i : gap;
        spans[spanInts + 1] = 1;
        spanInts += 2;
      }
      counts[n++] = dense[i];
      end = i + 1;
    }
    return new HistogramResolution.Buckets(
        Arrays.copyOf(spans, spanInts), Arrays.copyOf(counts, n));
  }

  static double unsigned(long v) {
    return v >= 0 ? (double) v : (double) (v >>> 1 | v & 1) * 2;
  }
}
