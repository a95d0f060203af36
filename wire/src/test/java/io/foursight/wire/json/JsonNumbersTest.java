package io.foursight.wire.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonNumbersTest {
  private static String format(double value) {
    var out = new byte[JsonNumbers.MAX_DOUBLE];
    return new String(out, 0, JsonNumbers.putDouble(value, out, 0), StandardCharsets.US_ASCII);
  }

  private static String time(long millis) {
    var out = new byte[32];
    return new String(out, 0, JsonNumbers.putTimestamp(millis, out, 0), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "-0.0,-0",
    "1,1",
    "-17,-17",
    "0.1,0.1",
    "0.25,0.25",
    "12.345,12.345",
    "-99.999999,-99.999999",
    "0.30000000000000004,0.30000000000000004",
    "100000000.5,100000000.5",
    "1e15,1000000000000000",
    "123456789012345680000,123456789012345680000",
    "999999999999999900000,999999999999999900000",
    "1e21,1e+21",
    "1.5e300,1.5e+300",
    "1e-6,0.000001",
    "0.00000123,0.00000123",
    "9.99e-7,9.99e-07",
    "1e-7,1e-07",
    "1.7976931348623157E308,1.7976931348623157e+308",
    "4.9E-324,5e-324",
    "9.9E-324,1e-323",
    "2.2250738585072014E-308,2.2250738585072014e-308",
    "2e23,2e+23",
    "9007199254740993,9007199254740992",
    "NaN,NaN",
    "Infinity,+Inf",
    "-Infinity,-Inf"
  })
  void doublesHaveGosShortestForm(double value, String expected) {
    assertThat(format(value)).isEqualTo(expected);
  }

  /// Fast and slow paths must agree: every output reads back as the same double and has no more
  /// digits than the JDK's shortest form.
  @Test
  void everyDoubleReadsBackAndIsShortest() {
    long seed = 20_26_11_23L;
    var random = new Random(seed);
    for (int i = 0; i < 300_000; i++) {
      double value =
          switch (i % 4) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt(2_000_000) / 1000.0;
            case 2 -> random.nextLong(1L << 53) / 1e6;
            default -> Math.rint(random.nextGaussian() * 1e6) / Math.pow(10, random.nextInt(9));
          };
      if (Double.isNaN(value) || Double.isInfinite(value)) {
        continue;
      }
      String text = format(value);
      assertThat(Double.parseDouble(text)).as("seed %s value %s", seed, value).isEqualTo(value);
      int digits = new BigDecimal(text).stripTrailingZeros().precision();
      int shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros().precision();
      assertThat(digits).as("seed %s text %s", seed, text).isLessThanOrEqualTo(shortest);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "4000,4",
    "1100,1.100",
    "1001,1.001",
    "-1,-0.001",
    "-1500,-1.500",
    "1435781451781,1435781451.781",
    "9223372036854775807,9223372036854775.807",
    "-9223372036854775808,-9223372036854775.808"
  })
  void timesAreSecondsWithThreeDecimalsUnlessWhole(long millis, String expected) {
    assertThat(time(millis)).isEqualTo(expected);
  }
}
