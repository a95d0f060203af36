package io.foursight.distributor.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineLevelTest {
  private static final LogsWriteLimits LIMITS = LogsWriteLimits.defaults();
  private final LineLevel levels =
      new LineLevel(LIMITS.logLevelFields(), LIMITS.logLevelFromJsonMaxDepth());

  private String of(String line) {
    byte[] padded = ("x=\"" + line + " level=fatal").getBytes(StandardCharsets.UTF_8);
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, padded, 3, bytes.length);
    return levels.of(padded, 3, bytes.length).name().toLowerCase(Locale.ROOT);
  }

  @Test
  void fieldsOfJsonLinesTwoLevelsDeep() {
    assertThat(of("{\"ts\":1,\"level\":\"WARN\",\"msg\":\"error\"}")).isEqualTo("warn");
    assertThat(of(" {\"msg\":\"say \\\"level\\\":\\\"error\\\"\",\"severity\" : \"err\"}"))
        .isEqualTo("error");
    assertThat(of("{\"log\":{\"lvl\":\"dbg\"}}")).isEqualTo("debug");
    assertThat(of("{\"a\":{\"b\":{\"level\":\"debug\"}}, \"m\":\"x\"}")).isEqualTo("debug");
    assertThat(of("{\"a\":{\"b\":{\"level\":\"nine\"}}}")).isEqualTo("unknown");
    assertThat(of("{\"level\":3,\"severity\":\"fatal\"}")).isEqualTo("fatal");
    assertThat(of("{\"level\":\"nonsense\",\"msg\":\"an error\"}")).isEqualTo("error");
  }

  @Test
  void fieldsOfLogfmtLines() {
    assertThat(of("ts=1 level=info msg=\"an error\"")).isEqualTo("info");
    assertThat(of("msg=\"level=error\" lvl=\"trc\"")).isEqualTo("trace");
    assertThat(of("sublevel=error level=critical")).isEqualTo("critical");
    assertThat(of("a=b level=")).isEqualTo("unknown");
  }

  @Test
  void wordsOfOtherLines() {
    assertThat(of("2026-01-01 10:00:00 ERROR [main] x")).isEqualTo("error");
    assertThat(of("[Warning] disk")).isEqualTo("warn");
    assertThat(of("terrors informed debugging")).isEqualTo("unknown");
    assertThat(of("err: failed")).isEqualTo("error");
    assertThat(of("GET / 200")).isEqualTo("unknown");
    assertThat(of("")).isEqualTo("unknown");
    assertThat(of("   ")).isEqualTo("unknown");
  }

  /// No bytes make it read outside of the line or fail.
  @Test
  void anyBytes() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    String alphabet = "{}[]\"\\:,= \tlevelinfoERR\u00e9\0";
    for (int round = 0; round < 20_000; round++) {
      var line = new StringBuilder(round % 2 == 0 ? "{" : "");
      for (int i = random.nextInt(40); i > 0; i--) {
        line.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(of(line.toString())).as("seed %d: %s", seed, line).isNotEqualTo("fatal");
    }
  }
}
