package io.foursight.storage.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DoubleCodecTest {
  private static final double[] SPECIAL = {
    Double.longBitsToDouble(0x7ff0000000000002L),
    Double.longBitsToDouble(0x7ff8000000000001L),
    Double.longBitsToDouble(0xfff8000000abcdefL),
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    -0.0,
    Double.MIN_VALUE,
    -Double.MAX_VALUE,
    Math.PI
  };

  private final DoubleCodec codec = new DoubleCodec();

  @Test
  void randomColumns_roundTripBitByBit() {
    long seed = new Random().nextLong();
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      int n = 1 + random.nextInt(random.nextInt(4) == 0 ? LongCodec.MAX_COUNT : 40);
      double[] v = column(random, n);
      assertThat(bits(decode(encode(v), n))).as("seed %d round %d", seed, round).isEqualTo(bits(v));
    }
  }

  @Test
  void aFewStaleMarkersAndNaNs_costFewBytes() {
    double[] v = new double[480];
    Arrays.setAll(v, i -> 12.5 + i);
    int plain = encode(v).length;
    v[100] = SPECIAL[0];
    v[479] = SPECIAL[1];
    assertThat(encode(v).length).isLessThan(plain + 16);
    assertThat(bits(decode(encode(v), 480))).isEqualTo(bits(v));
  }

  @Test
  void decimals_takeTheirDigitsOnly() {
    var random = new SplittableRandom(1);
    double[] v = new double[1024];
    Arrays.setAll(v, i -> random.nextInt(256) / 100.0);
    assertThat(encode(v).length).isLessThan(1024 + 16);
  }

  @Test
  void float32Values_takeNoMoreThanTheirSignificantBits() {
    var random = new SplittableRandom(1);
    double[] v = new double[1024];
    Arrays.setAll(v, i -> (float) (1 + random.nextDouble()));
    assertThat(encode(v).length).isLessThan(3 * 1024 + 64);
  }

  @Test
  void allSpecial_roundTrips() {
    for (double s : SPECIAL) {
      double[] v = new double[300];
      Arrays.fill(v, s);
      assertThat(bits(decode(encode(v), 300))).isEqualTo(bits(v));
      assertThat(encode(v).length).isLessThan(20);
    }
  }

  private byte[] encode(double[] v) {
    var out = new ByteWriter();
    codec.encode(v, 0, v.length, out);
    return out.toByteArray();
  }

  private double[] decode(byte[] code, int n) {
    var into = new double[n];
    var in = new ByteReader(code, 0, code.length, "test", 0);
    codec.decode(in, n, into, 0);
    assertThat(in.remaining()).isZero();
    return into;
  }

  private static long[] bits(double[] v) {
    return Arrays.stream(v).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  private static double[] column(SplittableRandom random, int n) {
    double[] v = new double[n];
    int shape = random.nextInt(7);
    int digits = random.nextInt(20);
    double power = Math.pow(10, digits);
    double value = random.nextInt(1000);
    int special = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 0;
    for (int i = 0; i < n; i++) {
      switch (shape) {
        case 0 -> value += random.nextInt(100);
        case 1 -> value = random.nextInt(-1_000_000, 1_000_000) / power;
        case 2 -> value += random.nextDouble();
        case 3 -> value = Double.longBitsToDouble(random.nextLong());
        case 4 -> value = random.nextLong();
        case 5 -> value = (float) random.nextDouble(-5, 5);
        default -> value = random.nextInt(100) == 0 ? random.nextInt(5) : value;
      }
      v[i] =
          special > 0 && random.nextInt(special) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : value;
    }
    return v;
  }
}
