package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.SeriesHash;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// [SeriesHash#check] decides alone whether a series is the one guessed.
class SeriesCheckTest {
  private final SeriesHash hash = new SeriesHash(0x1234567890abcdefL, 0xfedcba0987654321L);

  @Test
  void check_changesWithEveryByteEveryLengthAndEverySwapOfBlocks() {
    var random = new Random(1);
    byte[] bytes = new byte[400];
    random.nextBytes(bytes);
    var seen = new HashSet<Long>();
    for (int length = 0; length <= 300; length++) {
      assertThat(seen.add(hash.check(bytes, 7, length))).as("length %d", length).isTrue();
      for (int i = 0; i < length; i++) {
        byte[] other = bytes.clone();
        other[7 + i] ^= (byte) (1 << random.nextInt(8));
        assertThat(seen.add(hash.check(other, 7, length))).as("%d of %d", i, length).isTrue();
      }
      for (int block : new int[] {8, 16, 32, 64}) {
        if (length >= 2 * block) {
          byte[] swapped = bytes.clone();
          System.arraycopy(bytes, 7, swapped, 7 + block, block);
          System.arraycopy(bytes, 7 + block, swapped, 7, block);
          assertThat(seen.add(hash.check(swapped, 7, length))).as("swap of %d", block).isTrue();
        }
      }
      random.nextBytes(bytes);
    }
  }

  @Test
  void check_dependsOnTheBytesAloneAndOnTheKey() {
    byte[] bytes = new byte[200];
    new Random(2).nextBytes(bytes);
    byte[] elsewhere = new byte[300];
    System.arraycopy(bytes, 10, elsewhere, 33, 150);
    assertThat(hash.check(elsewhere, 33, 150)).isEqualTo(hash.check(bytes, 10, 150));
    assertThat(new SeriesHash(1, 2).check(bytes, 10, 150)).isNotEqualTo(hash.check(bytes, 10, 150));
  }

  /// Zeros are what multiplication forgets.
  @Test
  void check_tellsRunsOfZerosApart() {
    var seen = new HashSet<Long>();
    byte[] zeros = new byte[300];
    for (int length = 0; length <= 300; length++) {
      assertThat(seen.add(hash.check(zeros, 0, length))).isTrue();
    }
  }
}
