package io.foursight.cmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolTimesTest {
  private static final long NOW = 1_700_000_000_123L;

  @ParameterizedTest
  @CsvSource({
    "now, 1700000000123",
    "-1h, 1699996400123",
    "-1h30m, 1699994600123",
    "now-7d, 1699395200123",
    "now+1m, 1700000060123",
    "1700000000, 1700000000000",
    "1700000000.5, 1700000000500",
    "-60, -60000",
    "2023-11-14T22:13:20Z, 1700000000000",
    "2023-11-14T23:13:20.25+01:00, 1700000000250"
  })
  void everyForm_isUnderstood(String text, long millis) {
    assertThat(ToolTimes.millis("start", text, NOW)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "-1x", "now-", "2023-11-14", "1e9", "nowhere"})
  void whatIsNoTime_isRefusedWithTheFlag(String text) {
    assertThatThrownBy(() -> ToolTimes.millis("start", text, NOW))
        .hasMessageContaining("-start=\"" + text + "\" is no time");
  }

  @Test
  void anAgeBeyondAllTime_isRefused() {
    assertThatThrownBy(() -> ToolTimes.millis("end", "-999999999y", NOW))
        .hasMessageContaining("is no time");
  }
}
