package io.foursight.model.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/// Bounds are printed: they must be the same doubles that Prometheus prints.
class BucketBoundsTest {
  @Test
  void knownBounds_areTheDoublesThatPrometheusPrints() {
    assertThat(BucketBounds.exponential(1, 1)).isEqualTo(1.414213562373095);
    assertThat(BucketBounds.exponential(-1, 1)).isEqualTo(0.7071067811865475);
    assertThat(BucketBounds.exponential(-3, 2)).isEqualTo(0.5946035575013605);
    assertThat(BucketBounds.exponential(-1, 2)).isEqualTo(0.8408964152537144);
    assertThat(BucketBounds.exponential(-1, 3)).isEqualTo(0.9170040432046711);
    assertThat(BucketBounds.exponential(1, 3)).isEqualTo(1.0905077326652577);
    assertThat(BucketBounds.exponential(-11, 4)).isEqualTo(0.620928906036742);
  }

  @Test
  void allBoundsOfAnOctave_haveThisChecksum() {
    var bytes = ByteBuffer.allocate(256 * Double.BYTES);
    for (int i = 0; i < 256; i++) {
      bytes.putDouble(BucketBounds.exponential(i, 8));
    }
    var sum = new CRC32();
    sum.update(bytes.array());
    assertThat(sum.getValue()).isEqualTo(3366556675L);
  }

  @Test
  void coarseSchemas_arePowersOfPowers_andEndAtTheLargestDouble() {
    assertThat(BucketBounds.exponential(0, -4)).isEqualTo(1);
    assertThat(BucketBounds.exponential(1, -4)).isEqualTo(65536);
    assertThat(BucketBounds.exponential(64, -4)).isEqualTo(Double.MAX_VALUE);
    assertThat(BucketBounds.exponential(1024, 0)).isEqualTo(Double.MAX_VALUE);
    assertThat(BucketBounds.exponential(1025, 0)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(BucketBounds.exponential(Integer.MIN_VALUE, 8)).isZero();
  }

  @Test
  void customBounds_areTheSenders_andInfiniteBeyond() {
    double[] bounds = {1, 2.5};
    assertThat(BucketBounds.custom(-1, bounds)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(BucketBounds.custom(1, bounds)).isEqualTo(2.5);
    assertThat(BucketBounds.custom(2, bounds)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void coarserBucket_containsTheFiner() {
    for (int index = -600; index <= 600; index++) {
      int coarse = BucketBounds.coarser(index, 8, 5);
      assertThat(BucketBounds.exponential(coarse, 5))
          .isGreaterThanOrEqualTo(BucketBounds.exponential(index, 8));
      assertThat(BucketBounds.exponential(coarse - 1, 5))
          .isLessThanOrEqualTo(BucketBounds.exponential(index - 1, 8));
    }
  }
}
