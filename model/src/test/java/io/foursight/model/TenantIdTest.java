package io.foursight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tenant ids become path segments and object keys: what is let in here can go anywhere.
class TenantIdTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "../a",
        "a|b",
        "a\nb",
        "a\r",
        "a\u0000",
        "a b",
        "ü",
        "a\\b",
        "a:b",
        "%2e",
        "__foursight_cluster",
        "\uD83D\uDE00"
      })
  void whatCouldEscapeAPath_isRefusedAsBadData(String text) {
    assertThatThrownBy(() -> new TenantId(text))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.BAD_DATA))
        .message()
        .doesNotContain("\n", "\u0000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "anonymous", "...", "a.b", "!-_.*'()", "0", "__mimir"})
  void documentedCharacters_areAllowed(String text) {
    assertThat(new TenantId(text).value()).isEqualTo(text);
  }

  @Test
  void lengthIsBounded_andTheMessageNamesBoth() {
    assertThat(new TenantId("a".repeat(150)).value()).hasSize(150);
    assertThatThrownBy(() -> new TenantId("a".repeat(151)))
        .hasMessageContaining("151 bytes, the maximum is 150");
  }

  @Test
  void federatedHeader_isSortedAndDistinct_andEveryPartIsChecked() {
    assertThat(TenantId.parseFederated("b|a|b"))
        .containsExactly(new TenantId("a"), new TenantId("b"));
    assertThatThrownBy(() -> TenantId.parseFederated("a||b")).hasMessageContaining("empty");
    assertThatThrownBy(() -> TenantId.parseFederated("a|..")).hasMessageContaining("reserved");
  }
}
