package io.foursight.wire.metrics;

import io.foursight.model.metrics.NativeHistogram;
import java.util.Arrays;

/// Lowers the resolution of native histograms with exponential buckets: each step of the schema
/// merges two neighbouring buckets (bucket `i` of schema `s` lies in bucket `ceil(i / 2)` of `s -
/// 1`).
public final class HistogramResolution {
  /// Buckets as columns: spans `offset, length, ...` and one count each.
  public record Buckets(int[] spans, double[] counts) {}

  private HistogramResolution() {}

  /// The histogram at a schema that is at most its own; the same object when nothing changes.
  public static NativeHistogram reduce(NativeHistogram h, int schema) {
    if (schema >= h.schema()) {
      return h;
    }
    int steps = h.schema() - schema;
    Buckets positive = merge(h.positiveSpans(), h.positiveBuckets(), steps);
    Buckets negative = merge(h.negativeSpans(), h.negativeBuckets(), steps);
    return new NativeHistogram(
        h.integer(),
        h.resetHint(),
        schema,
        h.zeroThreshold(),
        h.zeroCount(),
        h.count(),
        h.sum(),
        positive.spans(),
        positive.counts(),
        negative.spans(),
        negative.counts(),
        h.customValues());
  }

  /// Merges buckets down by `steps` schemas. Spans and counts must agree.
  public static Buckets merge(int[] spans, double[] counts, int steps) {
    int[] outSpans = new int[spans.length + 2];
    double[] outCounts = new double[counts.length];
    int spanInts = 0;
    int out = 0;
    int index = 0;
    int row = 0;
    int last = 0;
    for (int s = 0; s < spans.length; s += 2) {
      index += spans[s];
      for (int k = 0; k < spans[s + 1]; k++, index++) {
        int target = target(index, steps);
        double count = counts[row++];
        if (out > 0 && target == last) {
          outCounts[out - 1] += count;
          continue;
        }
        if (out > 0 && target == last + 1) {
          outSpans[spanInts - 1]++;
        } else {
          if (spanInts + 2 > outSpans.length) {
            outSpans = Arrays.copyOf(outSpans, outSpans.length * 2);
          }
          outSpans[spanInts] = out == 0 ? target : target - last - 1;
          outSpans[spanInts + 1] = 1;
          spanInts += 2;
        }
        outCounts[out++] = count;
        last = target;
      }
    }
    return new Buckets(Arrays.copyOf(outSpans, spanInts), Arrays.copyOf(outCounts, out));
  }

  private static int target(int index, int steps) {
    return steps >= 32 ? (index > 0 ? 1 : 0) : (int) (((long) index - 1 >> steps) + 1);
  }
}
