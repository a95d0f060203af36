package io.foursight.storage.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LongCodecTest {
  private final LongCodec codec = new LongCodec();

  @Test
  void randomColumns_roundTripWhateverTheirShape() {
    long seed = new Random().nextLong();
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      int n = 1 + random.nextInt(random.nextInt(4) == 0 ? LongCodec.MAX_COUNT : 40);
      long[] x = column(random, n);
      assertThat(decode(encode(x), n)).as("seed %d round %d", seed, round).isEqualTo(x);
    }
  }

  @Test
  void extremes_roundTrip() {
    long[] x = {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, Long.MIN_VALUE, 1, Long.MAX_VALUE};
    assertThat(decode(encode(x), x.length)).isEqualTo(x);
    long[] two = {Long.MAX_VALUE, Long.MIN_VALUE};
    assertThat(decode(encode(two), 2)).isEqualTo(two);
  }

  @Test
  void constantAndSteadyColumns_takeAFewBytes() {
    long[] constant = new long[1024];
    Arrays.fill(constant, 42);
    assertThat(encode(constant)).hasSize(2);
    long[] steady = new long[1024];
    Arrays.setAll(steady, i -> 1_700_000_000_000L + 15_000L * i);
    assertThat(encode(steady)).hasSizeLessThan(14);
  }

  /// The worked example of the format: a counter with one reset.
  @Test
  void workedExample_hasTheseBytes() {
    long[] x = {100, 115, 130, 160, 175, 0, 15};
    byte[] code = encode(x);
    assertThat(HexFormat.of().formatHex(code)).isEqualTo(WORKED);
    assertThat(decode(code, x.length)).isEqualTo(x);
  }

  private static final String WORKED = "0ac801054506a6999a8009";

  @Test
  void truncatedColumn_isCorruptWithFileAndOffset() {
    long[] x = {1, 5, 3, 900, 2, 7};
    byte[] code = encode(x);
    var in = new ByteReader(code, 0, code.length - 1, "values", 100);
    assertThatThrownBy(() -> codec.decode(in, x.length, new long[x.length]))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
        .hasMessageContaining("values")
        .hasMessageContaining("offset 1");
  }

  @Test
  void anyBytes_areDecodedOrCorrupt_neverAnotherException() {
    long seed = new Random().nextLong();
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(60)];
      random.nextBytes(bytes);
      bytes[0] &= 31;
      int n = 1 + random.nextInt(100);
      try {
        codec.decode(new ByteReader(bytes, 0, bytes.length, "f", 0), n, new long[n]);
      } catch (FoursightException e) {
        assertThat(e.kind()).as("seed %d", seed).isEqualTo(ErrorKind.CORRUPT);
      }
    }
  }

  private byte[] encode(long[] x) {
    var out = new ByteWriter();
    codec.encode(x, x.length, out);
    return out.toByteArray();
  }

  private long[] decode(byte[] code, int n) {
    var into = new long[n];
    var in = new ByteReader(code, 0, code.length, "test", 0);
    codec.decode(in, n, into);
    assertThat(in.remaining()).isZero();
    return into;
  }

  private static long[] column(SplittableRandom random, int n) {
    long[] x = new long[n];
    long scale = 1 + random.nextInt(5) * 4095L;
    int bits = 1 + random.nextInt(63);
    long value = random.nextLong() >> random.nextInt(64);
    int shape = random.nextInt(6);
    for (int i = 0; i < n; i++) {
      switch (shape) {
        case 0 -> value = random.nextLong() >>> random.nextInt(64);
        case 1 -> value += scale * (random.nextLong() >>> 64 - bits);
        case 2 -> value += random.nextInt(10) == 0 ? random.nextLong() >> random.nextInt(64) : 15;
        case 3 -> value = 15_000L * i + (random.nextInt(12) == 0 ? random.nextInt(18) : 0);
        case 4 -> value = random.nextInt(30) == 0 ? random.nextLong() : 7;
        default -> value += scale * random.nextInt(-3, 4);
      }
      x[i] = value;
    }
    return x;
  }
}
