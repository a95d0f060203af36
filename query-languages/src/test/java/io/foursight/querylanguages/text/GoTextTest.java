package io.foursight.querylanguages.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoTextTest {
  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "1,1ms",
    "60000,1m",
    "5400000,1h30m",
    "604800000,1w",
    "31536000000,1y",
    "90061001,25h1m1s1ms",
    "-1500,-1s500ms",
    "86400000,1d",
    "172800000,2d"
  })
  void durations_printAsInPrometheus(long millis, String text) {
    assertThat(GoDurations.format(millis)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"1h30m,5400000", "1y2w,32745600000", "5ms,5", "0,0", "1d12h,129600000"})
  void durations_areRead(String text, long millis) {
    assertThat(GoDurations.parse(text)).hasValue(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "1m1h", "1m1m", "5mm", "1.5h", "-1m", "99999999y", "m"})
  void otherTexts_areNoDurations(String text) {
    assertThat(GoDurations.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1", "0.1,0.1,0.1", "1e21,1000000000000000000000,1e+21",
        "123456789,123456789,1.23456789e+08",
    "1e-5,0.00001,1e-05", "NaN,NaN,NaN", "-Infinity,-Inf,-Inf",
        "0.3333333333333333,0.3333333333333333,0.3333333333333333",
    "-0.0,-0,-0", "100000,100000,100000", "1e6,1000000,1e+06"
  })
  void floats_printShortest(double v, String plain, String general) {
    assertThat(GoFloats.plain(v)).isEqualTo(plain);
    assertThat(GoFloats.general(v)).isEqualTo(general);
  }

  @Test
  void quotes_goBothWays() {
    String text = "a\"b\\c\n\té\u0001\u200b \uD83D\uDE00";
    assertThat(GoStrings.quote(text)).isEqualTo("\"a\\\"b\\\\c\\n\\té\\x01\\u200b \uD83D\uDE00\"");
    assertThat(GoStrings.unquote(GoStrings.quote(text))).hasValue(text);
    assertThat(GoStrings.unquote("'it\\'s \\x41\\101\\u0041'")).hasValue("it's AAA");
    assertThat(GoStrings.unquote("`raw\\n`")).hasValue("raw\\n");
    assertThat(GoStrings.unquote("'\\xff\\xc3\\xa9'")).hasValue("\ufffdé");
  }

  @Test
  void bytesThatAreNoUtf8_areQuotedAsTheyWere() {
    String text = "\"\\xffé\\x80😀\\xed\\xa0\\x80\\xf0\"";
    assertThat(GoStrings.unquoteVerbatim(text).map(GoStrings::quote)).hasValue(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"", "\"a", "'\\q'", "\"\\x4\"", "\"\\400\"", "\"\\ud800\"", "a", "\"a\nb\""})
  void malformedQuotes_areRefused(String text) {
    assertThat(GoStrings.unquote(text)).isEmpty();
  }
}
