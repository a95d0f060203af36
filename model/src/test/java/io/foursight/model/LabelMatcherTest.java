package io.foursight.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class LabelMatcherTest {
  private static final TextMatcher STARTS_WITH_A = text -> text.startsWith("a");

  @Test
  void everyType_decidesOverPresentAndAbsentLabels() {
    assertThat(LabelMatcher.equal("l", "a").matches("a")).isTrue();
    assertThat(LabelMatcher.equal("l", "a").matches("b")).isFalse();
    assertThat(LabelMatcher.notEqual("l", "a").matches("a")).isFalse();
    assertThat(LabelMatcher.regex("l", "a.*", false, STARTS_WITH_A).matches("ab")).isTrue();
    assertThat(LabelMatcher.regex("l", "a.*", true, STARTS_WITH_A).matches("ab")).isFalse();
    assertThat(LabelMatcher.equal("l", "").matchesEmpty()).isTrue();
    assertThat(LabelMatcher.equal("l", "a").matchesEmpty()).isFalse();
    assertThat(LabelMatcher.notEqual("l", "a").matchesEmpty()).isTrue();
    assertThat(LabelMatcher.regex("l", "a.*", true, STARTS_WITH_A).matchesEmpty()).isTrue();
  }

  @Test
  void literals_areKnownForIndexes() {
    assertThat(LabelMatcher.equal("l", "a").matcher().literals()).contains(Set.of("a"));
    assertThat(LabelMatcher.equal("l", "a").matcher().prefix()).isEqualTo("a");
  }

  @Test
  void equality_ignoresTheCompiledForm() {
    assertThat(LabelMatcher.regex("l", "a.*", false, STARTS_WITH_A))
        .isEqualTo(LabelMatcher.regex("l", "a.*", false, text -> false))
        .hasSameHashCodeAs(LabelMatcher.regex("l", "a.*", false, text -> false))
        .isNotEqualTo(LabelMatcher.regex("l", "a.*", true, STARTS_WITH_A))
        .isNotEqualTo(LabelMatcher.equal("l", "a.*"))
        .hasToString("l=~\"a.*\"");
  }
}
