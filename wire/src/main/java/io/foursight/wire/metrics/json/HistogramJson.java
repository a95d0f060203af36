package io.foursight.wire.metrics.json;

import io.foursight.model.metrics.BucketBounds;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.wire.json.JsonBuffer;

/// `{"count":"…","sum":"…","buckets":[[rule,"lower","upper","count"],…]}` of a native histogram.
///
/// Buckets run from the most negative to the most positive; empty ones are left out, and so is
/// `buckets` when none remains. `rule` says which bounds belong to the bucket: 0 the upper, 1 the
/// lower, 2 none, 3 both. Bounds of the bucket beside zero are cut at the zero threshold.
final class HistogramJson {
  private final JsonBuffer out;
  private final NativeHistogram histogram;
  private boolean any;

  private HistogramJson(JsonBuffer out, NativeHistogram histogram) {
    this.out = out;
    this.histogram = histogram;
  }

  static void write(JsonBuffer out, NativeHistogram histogram) {
    new HistogramJson(out, histogram).write();
  }

  private void write() {
    out.raw("{\"count\":").sampleValue(histogram.count());
    out.raw(",\"sum\":").sampleValue(histogram.sum());
    negative();
    if (histogram.zeroCount() > 0) {
      bucket(3, -histogram.zeroThreshold(), histogram.zeroThreshold(), histogram.zeroCount());
    }
    positive();
    out.raw(any ? "]}" : "}");
  }

  private void negative() {
    int[] spans = histogram.negativeSpans();
    double[] counts = histogram.negativeBuckets();
    int index = lastIndex(spans);
    int row = counts.length - 1;
    for (int span = spans.length - 2; span >= 0; span -= 2) {
      for (int i = spans[span + 1]; i > 0 && row >= 0; i--) {
        double lower = -BucketBounds.exponential(index, histogram.schema());
        double upper = -BucketBounds.exponential(index - 1, histogram.schema());
        if (upper > -histogram.zeroThreshold()) {
          upper = -histogram.zeroThreshold();
        }
        bucket(1, lower, upper, counts[row--]);
        index--;
      }
      index -= spans[span];
    }
  }

  private static int lastIndex(int[] spans) {
    int index = -1;
    for (int span = 0; span < spans.length; span += 2) {
      index += spans[span] + spans[span + 1];
    }
    return index;
  }

  private void positive() {
    int[] spans = histogram.positiveSpans();
    double[] counts = histogram.positiveBuckets();
    int index = 0;
    int row = 0;
    for (int span = 0; span < spans.length; span += 2) {
      index += spans[span];
      for (int i = 0; i < spans[span + 1] && row < counts.length; i++) {
        if (histogram.hasCustomBuckets()) {
          double lower = BucketBounds.custom(index - 1, histogram.customValues());
          double upper = BucketBounds.custom(index, histogram.customValues());
          bucket(index == 0 ? 3 : 0, lower, upper, counts[row++]);
        } else {
          double lower = BucketBounds.exponential(index - 1, histogram.schema());
          double upper = BucketBounds.exponential(index, histogram.schema());
          bucket(0, Math.max(lower, histogram.zeroThreshold()), upper, counts[row++]);
        }
        index++;
      }
    }
  }

  private void bucket(int rule, double lower, double upper, double count) {
    if (count == 0) {
      return;
    }
    out.raw(any ? ",[" : ",\"buckets\":[[");
    any = true;
    out.number(rule).raw(',').sampleValue(lower).raw(',').sampleValue(upper);
    out.raw(',').sampleValue(count).raw(']');
  }
}
