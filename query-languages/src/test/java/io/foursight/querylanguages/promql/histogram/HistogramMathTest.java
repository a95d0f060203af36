package io.foursight.querylanguages.promql.histogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// Figures with many digits are those of Prometheus's published native histogram test script.
class HistogramMathTest {
  private static final Offset<Double> NEAR = within(1e-9);
  private static final double[] NONE = {};

  static NativeHistogram exponential(
      int schema,
      double zeroThreshold,
      double zero,
      double sum,
      double[] positive,
      double[] negative) {
    double count = zero;
    for (double d : positive) {
      count += d;
    }
    for (double d : negative) {
      count += d;
    }
    return new NativeHistogram(
        false,
        ResetHint.UNKNOWN,
        schema,
        zeroThreshold,
        zero,
        count,
        sum,
        spans(positive),
        positive,
        spans(negative),
        negative,
        NONE);
  }

  static NativeHistogram custom(double sum, double[] bounds, double... buckets) {
    double count = 0;
    for (double d : buckets) {
      count += d;
    }
    return new NativeHistogram(
        false,
        ResetHint.UNKNOWN,
        NativeHistogram.CUSTOM_BUCKETS,
        0,
        0,
        count,
        sum,
        spans(buckets),
        buckets,
        new int[0],
        NONE,
        bounds);
  }

  private static int[] spans(double[] buckets) {
    return buckets.length == 0 ? new int[0] : new int[] {0, buckets.length};
  }

  private static double[] values(double... values) {
    return values;
  }

  @Test
  void sumOfTwoSchemas_hasTheCoarserOne() {
    var low = exponential(-1, 0, 0, 4, values(0, 1), NONE);
    var high = exponential(0, 0, 0, 4, values(0, 2, 2), NONE);
    var sum = HistogramMath.add(low, high).orElseThrow().histogram();
    assertThat(sum.schema()).isEqualTo(-1);
    assertThat(sum.positiveSpans()).containsExactly(1, 1);
    assertThat(sum.positiveBuckets()).containsExactly(5);
    assertThat(sum.count()).isEqualTo(5);
  }

  @Test
  void customBoundsThatDiffer_areIntersectedAndReported() {
    var before = custom(55, values(2, 4, 6), 1, 2, 5, 7);
    var after = custom(555, values(1, 2, 3, 4, 5, 6, 7, 8), 10, 20, 30, 40, 50, 60, 70, 80, 90);
    var difference = HistogramMath.subtract(after, before).orElseThrow();
    assertThat(difference.reconciled()).isTrue();
    assertThat(difference.histogram().customValues()).containsExactly(2, 4, 6);
    assertThat(difference.histogram().positiveBuckets()).containsExactly(29, 68, 105, 233);
    assertThat(difference.histogram().resetHint()).isEqualTo(ResetHint.GAUGE);
  }

  @Test
  void exponentialAndCustom_doNotAdd() {
    var a = exponential(0, 0, 0, 1, values(1), NONE);
    assertThat(HistogramMath.add(a, custom(1, values(5), 1))).isEmpty();
  }

  @Test
  void zeroBucket_growsToTheEndOfABucketThatItWouldCut() {
    var narrow = exponential(0, 0.001, 1, 1, values(2, 3), NONE);
    var wide = exponential(0, 0.75, 4, 1, values(0, 5), NONE);
    var sum = HistogramMath.add(narrow, wide).orElseThrow().histogram();
    assertThat(sum.zeroThreshold()).isEqualTo(1);
    assertThat(sum.zeroCount()).isEqualTo(7);
    assertThat(sum.positiveBuckets()).containsExactly(8);
  }

  @Test
  void aDropInOneBucket_isAReset() {
    var first = exponential(0, 0, 0, 5, values(1, 2, 1), NONE);
    var second = exponential(0, 0, 0, 6, values(1, 1, 3), NONE);
    assertThat(HistogramMath.isReset(first, second)).isTrue();
    assertThat(HistogramMath.isReset(first, first)).isFalse();
    assertThat(HistogramMath.isReset(second.withResetHint(ResetHint.NOT_RESET), second)).isFalse();
  }

  @Test
  void quantiles_areThoseOfPrometheus() {
    var h = exponential(0, 0.001, 4, 100, values(2, 3, 0, 1, 4), values(2, 3, 0, 1, 4));
    assertThat(quantile(0.99, h)).isCloseTo(15.34822590920423, NEAR);
    assertThat(quantile(0.7, h)).isCloseTo(1.2030250360821164, NEAR);
    assertThat(quantile(0.55, h)).isCloseTo(0.0006, NEAR);
    assertThat(quantile(0.5, h)).isCloseTo(0, NEAR);
    assertThat(quantile(0.3, h)).isCloseTo(-1.2030250360821169, NEAR);
    assertThat(quantile(0, h)).isEqualTo(-16);
    assertThat(quantile(1, h)).isEqualTo(16);
    assertThat(quantile(0.5, custom(5, values(5, 10), 1, 2, 1))).isCloseTo(7.5, NEAR);
  }

  private static double quantile(double q, NativeHistogram h) {
    return HistogramStatistics.quantile(q, h).value();
  }

  @Test
  void fractions_areThoseOfPrometheus() {
    var h = exponential(0, 0.001, 2, 100, values(2, 3, 0, 1, 4), NONE);
    assertThat(fraction(0, 1.5, h)).isCloseTo(0.4795739585136224, NEAR);
    assertThat(fraction(1.5, 6, h)).isCloseTo(0.15250624987980724, NEAR);
    assertThat(fraction(0, 0.0005, h)).isCloseTo(0.08333333333333333, NEAR);
    assertThat(fraction(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, h)).isEqualTo(1);
    assertThat(fraction(42, 3, h)).isZero();
  }

  private static double fraction(double lower, double upper, NativeHistogram h) {
    return HistogramStatistics.fraction(lower, upper, h).value();
  }

  @Test
  void trimming_keepsWhatLiesOnOneSideAndEstimatesTheSum() {
    var h = exponential(0, 0.001, 1, 123.75, values(2, 4, 8, 16), values(1, 2));
    var above = HistogramMath.trim(h, 0, false);
    assertThat(above.sum()).isCloseTo(120.20840280171308, NEAR);
    assertThat(above.count()).isCloseTo(30.5, NEAR);
    var below = HistogramMath.trim(h, 1.4142135624, true);
    assertThat(below.count()).isCloseTo(8, within(1e-6));
    assertThat(below.sum()).isCloseTo(0.2570938865989847, within(1e-6));
    assertThat(HistogramMath.trim(h, Double.POSITIVE_INFINITY, true)).isEqualTo(h);
  }

  @Test
  void trimmingCustomBuckets_treatsTheOuterOnesAsPrometheusDoes() {
    var h = custom(172.5, values(5, 10, 15, 20), 1, 6, 4, 3, 1);
    assertTrim(h, 15, true, 11, 97.5);
    assertTrim(h, 15, false, 4, 72.5);
    assertTrim(h, 13, true, 9.4, 75.1);
    assertTrim(h, 50, true, 14, 150);
    assertTrim(h, 0, false, 15, 172.5);
    var split = custom(33, values(5), 1, 100);
    assertTrim(split, 2, false, 100.6, 502.1);
    assertTrim(split, -10, false, 100, 500);
    assertTrim(custom(33, values(-5), 1, 100), -10, false, 100, -500);
    assertTrim(custom(33, values(-5), 1, 100), -10, true, 1, -10);
  }

  private static void assertTrim(
      NativeHistogram h, double bound, boolean upper, double count, double sum) {
    var trimmed = HistogramMath.trim(h, bound, upper);
    assertThat(trimmed.count()).isCloseTo(count, NEAR);
    assertThat(trimmed.sum()).isCloseTo(sum, NEAR);
  }

  @Test
  void sums_keepWhatRoundingLoses() {
    var sum = new HistogramSum(false);
    for (double v : values(5.3, 1e100, 1, -1e100, 2, 1e50, -1e50)) {
      assertThat(sum.add(exponential(0, 0, 1, v, NONE, NONE))).isTrue();
    }
    assertThat(sum.result().sum()).isCloseTo(8.3, NEAR);
  }

  @Test
  void means_surviveAnOverflowOfTheSum() {
    var mean = new HistogramSum(true);
    mean.add(exponential(0, 0, 1.7976931348623157e308, 5.3, NONE, NONE));
    mean.add(exponential(0, 0, 1e308, 1e100, NONE, NONE));
    for (double v : values(1, -1e100, 2, 0, 0)) {
      mean.add(exponential(0, 0, 1e-6, v, NONE, NONE));
    }
    assertThat(mean.result().count()).isCloseTo(3.9967044783747367e307, within(1e298));
    assertThat(mean.result().sum()).isCloseTo(1.1857142857142857, NEAR);
  }

  @Test
  void adding_thenSubtracting_givesTheHistogramBack() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      int schema = random.nextInt(-4, 9);
      var a = random(random, schema);
      var b = random(random, schema);
      var sum = HistogramMath.add(a, b).orElseThrow().histogram();
      var back = HistogramMath.subtract(sum, b).orElseThrow().histogram();
      assertThat(HistogramMath.equal(back, a)).as("seed " + seed).isTrue();
      assertThat(HistogramMath.isReset(a, sum)).as("seed " + seed).isFalse();
    }
  }

  private static NativeHistogram random(Random random, int schema) {
    return exponential(
        schema,
        0.001,
        random.nextInt(5),
        random.nextInt(100),
        random.ints(10, 0, 9).asDoubleStream().toArray(),
        random.ints(7, 0, 9).asDoubleStream().toArray());
  }

  @Test
  void text_isGoLike() {
    assertThat(HistogramMath.text(exponential(0, 0.001, 1, 5, values(0, 2), values(0, 1))))
        .isEqualTo("{count:4, sum:5, [-2,-1):1, [-0.001,0.001]:1, (1,2]:2}");
  }

  @Test
  void classicQuantile_repairsCountsThatFall() {
    var b = new ClassicBuckets();
    b.add(Double.POSITIVE_INFINITY, 10);
    b.add(1, 5);
    b.add(2, 4);
    assertThat(b.quantile(0.4)).isCloseTo(0.8, NEAR);
    assertThat(b.repair().needed()).isTrue();
    assertThat(b.repair().maxDifference()).isEqualTo(1);
    assertThat(b.quantile(0.9)).isEqualTo(2);
    assertThat(b.fraction(0, 1)).isCloseTo(0.5, NEAR);
  }

  /// A quantile needs a second bound to answer; a fraction does not.
  @Test
  void aSingleBucket_hasFractionsButNoQuantiles() {
    var b = new ClassicBuckets();
    b.add(Double.POSITIVE_INFINITY, 5);
    assertThat(b.quantile(0.5)).isNaN();
    assertThat(b.fraction(0, 1)).isZero();
    assertThat(b.fraction(0, Double.POSITIVE_INFINITY)).isEqualTo(1);
  }
}
