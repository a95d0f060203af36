package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorLimits;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.wire.metrics.HistogramResolution;

/// The rules for one native histogram: schema, spans against buckets, counts, custom bounds, and
/// the tenant's number of buckets. Follows Prometheus's native histogram specification 1.0.
final class HistogramRules {
  /// The finest schema that the specification names; finer than [NativeHistogram#MAX_SCHEMA] is
  /// merged down.
  private static final int FINEST_SCHEMA = 52;

  private final DistributorLimits limits;

  HistogramRules(DistributorLimits limits) {
    this.limits = limits;
  }

  /// The histogram to store, possibly at a lower resolution, or what is wrong with it.
  sealed interface Verdict {}

  record Good(NativeHistogram histogram) implements Verdict {}

  record Bad(String reason, String message) implements Verdict {}

  Verdict check(NativeHistogram h) {
    if (!limits.nativeHistogramsIngestionEnabled()) {
      return new Bad(
          "native_histograms_disabled",
          "native histograms are not accepted for this tenant"
              + " (limits.native_histograms_ingestion_enabled)");
    }
    boolean custom = h.hasCustomBuckets();
    if (!custom && (h.schema() < NativeHistogram.MIN_SCHEMA || h.schema() > FINEST_SCHEMA)) {
      return new Bad(
          "invalid_native_histogram_schema",
          "received a native histogram sample with an invalid schema: "
              + h.schema()
              + ", valid are -4 to 52 and -53 (err-mimir-invalid-native-histogram-schema)");
    }
    if (h.isStale()) {
      return new Good(h);
    }
    String problem = custom ? customProblem(h) : exponentialProblem(h);
    if (problem.isEmpty()) {
      problem = countProblem(h);
    }
    if (!problem.isEmpty()) {
      return new Bad(
          "invalid_native_histogram",
          "received an invalid native histogram: "
              + problem
              + " (err-mimir-invalid-native-histogram)");
    }
    return fit(h);
  }

  private Verdict fit(NativeHistogram sent) {
    boolean custom = sent.hasCustomBuckets();
    NativeHistogram h =
        custom
            ? sent
            : HistogramResolution.reduce(sent, Math.min(sent.schema(), NativeHistogram.MAX_SCHEMA));
    int max = limits.maxNativeHistogramBuckets();
    if (max <= 0 || h.bucketCount() <= max) {
      return new Good(h);
    }
    if (!limits.reduceNativeHistogramOverMaxBuckets()) {
      return tooMany("max-native-histogram-buckets", h, max);
    }
    while (!custom && h.schema() > NativeHistogram.MIN_SCHEMA && h.bucketCount() > max) {
      h = HistogramResolution.reduce(h, h.schema() - 1);
    }
    return h.bucketCount() <= max ? new Good(h) : tooMany("not-reducible-native-histogram", h, max);
  }

  private static Bad tooMany(String id, NativeHistogram h, int max) {
    return new Bad(
        id.replace('-', '_'),
        "received a native histogram sample with too many buckets (actual: "
            + h.bucketCount()
            + ", limit: "
            + max
            + ") at schema "
            + h.schema()
            + " (err-mimir-"
            + id
            + "). To adjust the per-tenant limit, set limits.max_native_histogram_buckets");
  }

  private static String exponentialProblem(NativeHistogram h) {
    String problem = spanProblem("positive", h.positiveSpans(), h.positiveBuckets().length);
    if (problem.isEmpty()) {
      problem = spanProblem("negative", h.negativeSpans(), h.negativeBuckets().length);
    }
    if (problem.isEmpty() && h.customValues().length > 0) {
      problem = "custom bounds with exponential schema " + h.schema();
    }
    if (problem.isEmpty() && !(h.zeroThreshold() >= 0)) {
      problem = "zero threshold " + h.zeroThreshold() + " is not a positive number";
    }
    return problem;
  }

  private static String customProblem(NativeHistogram h) {
    if (h.negativeSpans().length > 0 || h.negativeBuckets().length > 0) {
      return "custom buckets with negative buckets";
    }
    if (h.zeroCount() != 0 || h.zeroThreshold() != 0) {
      return "custom buckets with a zero bucket: count "
          + h.zeroCount()
          + ", threshold "
          + h.zeroThreshold();
    }
    double[] bounds = h.customValues();
    for (int i = 0; i < bounds.length; i++) {
      if (Double.isNaN(bounds[i])) {
        return "custom bound " + i + " is NaN";
      }
      if (i > 0 && bounds[i] <= bounds[i - 1]) {
        return "custom bounds are not ascending: " + bounds[i] + " after " + bounds[i - 1];
      }
    }
    if (bounds.length > 0 && bounds[bounds.length - 1] == Double.POSITIVE_INFINITY) {
      return "the last custom bound is +Inf, which is implied";
    }
    String problem = spanProblem("positive", h.positiveSpans(), h.positiveBuckets().length);
    if (!problem.isEmpty()) {
      return problem;
    }
    long end = 0;
    for (int i = 0; i < h.positiveSpans().length; i += 2) {
      end += (long) h.positiveSpans()[i] + h.positiveSpans()[i + 1];
    }
    boolean starts = h.positiveSpans().length == 0 || h.positiveSpans()[0] >= 0;
    return !starts || end > bounds.length + 1L
        ? "only " + bounds.length + " custom bounds for buckets that end at index " + end
        : "";
  }

  private static String spanProblem(String side, int[] spans, int buckets) {
    long sum = 0;
    long index = 0;
    for (int i = 0; i < spans.length; i += 2) {
      if (i > 0 && spans[i] < 0) {
        return side + " span " + (i / 2 + 1) + " has the negative offset " + spans[i];
      }
      if (spans[i + 1] < 0) {
        return side + " span " + (i / 2 + 1) + " has a length beyond 2147483647";
      }
      sum += spans[i + 1];
      index += (long) spans[i] + spans[i + 1];
      if (index > Integer.MAX_VALUE) {
        return side + " span " + (i / 2 + 1) + " ends beyond index 2147483647";
      }
    }
    return sum == buckets ? "" : side + " spans need " + sum + " buckets, have " + buckets;
  }

  private static String countProblem(NativeHistogram h) {
    double sum = 0;
    for (double[] buckets : new double[][] {h.positiveBuckets(), h.negativeBuckets()}) {
      for (int i = 0; i < buckets.length; i++) {
        if (!(buckets[i] >= 0)) {
          return "bucket " + i + " has the count " + buckets[i];
        }
        sum += buckets[i];
      }
    }
    if (!(h.zeroCount() >= 0)) {
      return "the zero bucket has the count " + h.zeroCount();
    }
    if (!(h.count() >= 0)) {
      return "the count is " + h.count();
    }
    sum += h.zeroCount();
    // NaN observations are in the count but in no bucket; float counts carry rounding errors.
    boolean wrong = Double.isNaN(h.sum()) ? sum > h.count() : sum != h.count();
    return h.integer() && wrong
        ? sum + " observations found in buckets, but the count is " + h.count()
        : "";
  }
}
