package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.distributor.metrics.HistogramRules.Bad;
import io.foursight.distributor.metrics.HistogramRules.Good;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import org.junit.jupiter.api.Test;

class HistogramRulesTest {
  private static NativeHistogram histogram(
      int schema, double count, int[] spans, double... buckets) {
    return new NativeHistogram(
        true,
        ResetHint.UNKNOWN,
        schema,
        1e-128,
        0,
        count,
        1,
        spans,
        buckets,
        new int[0],
        new double[0],
        new double[0]);
  }

  private static NativeHistogram custom(double[] bounds, int[] spans, double... buckets) {
    double count = 0;
    for (double b : buckets) {
      count += b;
    }
    return new NativeHistogram(
        true,
        ResetHint.UNKNOWN,
        -53,
        0,
        0,
        count,
        1,
        spans,
        buckets,
        new int[0],
        new double[0],
        bounds);
  }

  private static String problem(NativeHistogram h, Object... limits) {
    var verdict = new HistogramRules(Limits.with(limits)).check(h);
    return verdict instanceof Bad bad ? bad.message() : "";
  }

  @Test
  void goodHistograms_pass() {
    assertThat(problem(histogram(3, 6, new int[] {-2, 2, 1, 1}, 1, 2, 3))).isEmpty();
    assertThat(problem(NativeHistogram.stale())).isEmpty();
    assertThat(problem(custom(new double[] {1, 2}, new int[] {0, 3}, 1, 1, 1))).isEmpty();
  }

  @Test
  void brokenHistograms_areRefusedWithWhatIsWrong() {
    assertThat(problem(histogram(3, 3, new int[] {0, 3}, 1, 2)))
        .contains("positive spans need 3 buckets, have 2")
        .contains("err-mimir-invalid-native-histogram");
    assertThat(problem(histogram(3, 3, new int[] {0, 1, -1, 1}, 1, 2)))
        .contains("span 2 has the negative offset -1");
    assertThat(problem(histogram(3, 3, new int[] {0, -1}))).contains("length beyond 2147483647");
    assertThat(problem(histogram(3, 4, new int[] {0, 2}, 1, 2)))
        .contains("3.0 observations found in buckets, but the count is 4.0");
    assertThat(problem(histogram(3, 0, new int[] {0, 2}, 1, -1)))
        .contains("bucket 1 has the count");
    assertThat(problem(histogram(-5, 0, new int[0])))
        .contains("err-mimir-invalid-native-histogram-schema");
    assertThat(problem(histogram(53, 0, new int[0]))).contains("invalid schema: 53");
    assertThat(problem(custom(new double[] {1, 1}, new int[] {0, 1}, 1)))
        .contains("not ascending: 1.0 after 1.0");
    assertThat(problem(custom(new double[] {1, Double.POSITIVE_INFINITY}, new int[] {0, 1}, 1)))
        .contains("+Inf");
    assertThat(problem(custom(new double[] {Double.NaN}, new int[] {0, 1}, 1))).contains("NaN");
    assertThat(problem(custom(new double[] {1}, new int[] {1, 2}, 1, 1)))
        .contains("only 1 custom bounds for buckets that end at index 3");
  }

  @Test
  void disabledHistograms_areRefused() {
    assertThat(problem(histogram(3, 0, new int[0]), "nativeHistogramsIngestionEnabled", false))
        .contains("native_histograms_ingestion_enabled");
  }

  @Test
  void tooManyBuckets_lowerTheResolutionUntilTheyFit() {
    var h = histogram(2, 10, new int[] {1, 4}, 1, 2, 3, 4);
    var verdict = new HistogramRules(Limits.with("maxNativeHistogramBuckets", 1)).check(h);
    var kept = ((Good) verdict).histogram();
    assertThat(kept.schema()).isZero();
    assertThat(kept.positiveSpans()).containsExactly(1, 1);
    assertThat(kept.positiveBuckets()).containsExactly(10);
  }

  @Test
  void tooManyBuckets_areRefusedWhereTheyCannotBeFewer() {
    var h = histogram(2, 10, new int[] {1, 4}, 1, 2, 3, 4);
    assertThat(
            problem(
                h, "maxNativeHistogramBuckets", 2, "reduceNativeHistogramOverMaxBuckets", false))
        .contains("actual: 4, limit: 2")
        .contains("err-mimir-max-native-histogram-buckets");
    assertThat(
            problem(
                custom(new double[] {1, 2}, new int[] {0, 3}, 1, 1, 1),
                "maxNativeHistogramBuckets",
                2))
        .contains("err-mimir-not-reducible-native-histogram");
  }

  @Test
  void finerSchemasThanStored_areMergedDown() {
    var verdict =
        new HistogramRules(Limits.with()).check(histogram(10, 10, new int[] {1, 4}, 1, 2, 3, 4));
    assertThat(((Good) verdict).histogram().schema()).isEqualTo(8);
    assertThat(((Good) verdict).histogram().positiveBuckets()).containsExactly(10);
  }
}
