package io.foursight.ingester.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.metrics.StaleMarker;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Every bit comes back, and plain series stay small.
class StagingCodecTest {
  private final StagingCodec codec = new StagingCodec();
  private final StagingCodec.Decoder decoder = new StagingCodec.Decoder();

  @Test
  void randomRows_comeBackBitByBit() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    double[] odd = {
      0.0,
      -0.0,
      Double.NaN,
      StaleMarker.VALUE,
      Double.MAX_VALUE,
      Double.MIN_VALUE,
      1e22,
      Double.NEGATIVE_INFINITY,
      Long.MIN_VALUE,
      0x1p53,
      0x1p53 - 1,
      0.1,
      1e-7
    };
    for (int round = 0; round < 20_000; round++) {
      int n = 1 + random.nextInt(StagingCodec.MAX);
      int[] times = new int[n];
      long[] bits = new long[n];
      int t = random.nextInt(1000);
      for (int i = 0; i < n; i++) {
        t += round % 3 == 0 ? 15_000 : 1 + random.nextInt(round % 5 == 0 ? 400_000 : 20_000);
        times[i] = t;
        double v =
            switch (round % 6) {
              case 0 -> random.nextInt(100) / 100.0;
              case 1 -> odd[random.nextInt(odd.length)];
              case 2 -> Double.longBitsToDouble(random.nextLong());
              case 3 -> 1e15 + i * 1e3;
              case 4 -> 5;
              default -> random.nextGaussian();
            };
        bits[i] = Double.doubleToRawLongBits(v);
      }
      int size = codec.encode(times, 0, bits, 0, n);
      assertThat(size).as("seed %s", seed).isLessThanOrEqualTo(StagingCodec.MAX_BYTES);
      long[] outTimes = new long[n + 1];
      double[] outValues = new double[n + 1];
      decoder.decode(codec.out.clone(), 0, n, times[0], outTimes, outValues, 1);
      for (int i = 0; i < n; i++) {
        assertThat(outTimes[i + 1]).as("seed %s round %s", seed, round).isEqualTo(times[i]);
        assertThat(Double.doubleToRawLongBits(outValues[i + 1]))
            .as("seed %s round %s row %s", seed, round, i)
            .isEqualTo(bits[i]);
      }
    }
  }

  @Test
  void regularCounter_takesAboutAByteASample() {
    int[] times = new int[16];
    long[] bits = new long[16];
    for (int i = 0; i < 16; i++) {
      times[i] = i * 15_000;
      bits[i] = Double.doubleToRawLongBits(1_000_000 + i * 15 + i % 7);
    }
    assertThat(codec.encode(times, 0, bits, 0, 16)).isLessThan(20);
  }
}
