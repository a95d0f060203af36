package io.foursight.querylanguages.profileql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.LabelMatcher;
import io.foursight.model.profiles.ProfileType;
import io.foursight.querylanguages.profileql.ast.ProfileSelector;
import io.foursight.querylanguages.profileql.print.ProfileqlPrinter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProfileqlParserTest {
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "  { } ", "\n"})
  void nothing_selectsEverything(String text) {
    assertThat(ProfileqlParser.parse(text)).isEqualTo(ProfileSelector.ALL);
  }

  @Test
  void typeBeforeBraces_isTheType() {
    ProfileSelector selector = ProfileqlParser.parse(CPU + "{service_name=\"shop\"}");
    assertThat(selector.type()).contains(ProfileType.parse(CPU));
    assertThat(selector.matchers()).containsExactly(LabelMatcher.equal("service_name", "shop"));
    assertThat(selector.conditions())
        .containsExactly(
            LabelMatcher.equal("__profile_type__", CPU),
            LabelMatcher.equal("service_name", "shop"));
  }

  /// Profiles of eBPF have no period: their ids end in two colons.
  @Test
  void typeMayHaveEmptyParts_andASixthThatSaysNothing() {
    assertThat(ProfileqlParser.parse("off_cpu:off_cpu:nanoseconds::{}").type())
        .contains(new ProfileType("off_cpu", "off_cpu", "nanoseconds", "", ""));
    assertThat(ProfileqlParser.parse(CPU + ":delta").type()).contains(ProfileType.parse(CPU));
  }

  @Test
  void wordBeforeBraces_isTheName() {
    assertThat(ProfileqlParser.parseMatchers("memory{}"))
        .containsExactly(LabelMatcher.equal("__name__", "memory"));
  }

  @Test
  void allOperatorsAndQuotes_areRead() {
    List<LabelMatcher> matchers =
        ProfileqlParser.parseMatchers("{a=\"b\\\"\", c!='d', e=~`f.+`, \"g.h\"!~\"i|j\",}");
    assertThat(matchers)
        .extracting(LabelMatcher::toString)
        .containsExactly("a=\"b\"\"", "c!=\"d\"", "e=~\"f.+\"", "g.h!~\"i|j\"");
    assertThat(matchers.get(2).matches("fxx")).isTrue();
    assertThat(matchers.get(2).matches("xfxx")).isFalse();
    assertThat(matchers.get(3).matches("j")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{a=b}#parse error at line 1, col 4: unexpected \"b\", expected a quoted string",
        "{a}#parse error at line 1, col 3: unexpected \"}\", expected one of",
        "{1a=\"b\"}#parse error at line 1, col 2: unexpected \"1\", expected a label name or \"}\"",
        "{a=\"b\"#parse error at line 1, col 7: unexpected end of the selector, expected \",\"",
        "{a=\"b}#parse error at line 1, col 4: unterminated quoted string",
        "{a=~\"(\"}#parse error at line 1, col 2: ",
        "{} x#parse error at line 1, col 4: unexpected \"x\", expected the end",
        "=#parse error at line 1, col 1: unexpected \"=\", expected \"{\"",
        "a:b{}#parse error at line 1, col 1: profile-type ID must be of the form",
        "{a=\"\\q\"}#parse error at line 1, col 4: invalid quoted string",
      })
  void malformedSelector_isRefusedWithItsColumn(String text, String message) {
    assertThatThrownBy(() -> ProfileqlParser.parse(text))
        .isInstanceOf(ProfileqlParseException.class)
        .hasMessageContaining(message.strip());
  }

  @Test
  void selectorWithoutType_isRefusedWhereOneIsNeeded() {
    assertThatThrownBy(() -> ProfileqlParser.parseTyped("{a=\"b\"}"))
        .hasMessageContaining("expected a profile type");
  }

  /// What is shown in logs and hints must be what was asked.
  @Test
  void printedSelector_parsesAsItself() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      var text = new StringBuilder(random.nextBoolean() ? CPU : "");
      text.append('{');
      for (int i = random.nextInt(4); i > 0; i--) {
        text.append(random.nextBoolean() ? "a_" + i : "\"dotted." + i + "\"");
        text.append(List.of("=", "!=", "=~", "!~").get(random.nextInt(4)));
        text.append(List.of("\"x\"", "'y z'", "`q\\.r`", "\"\\n\\u00e9\"").get(random.nextInt(4)));
        text.append(", ");
      }
      ProfileSelector selector = ProfileqlParser.parse(text.append('}').toString());
      assertThat(ProfileqlParser.parse(ProfileqlPrinter.print(selector)))
          .as("seed %d: %s", seed, text)
          .isEqualTo(selector);
    }
  }

  /// Selectors come from clients: whatever they send is answered, never a crash.
  @Test
  void randomText_isParsedOrRefused() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String alphabet = "ab_:{}=!~\"'`\\, \n1é";
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(14); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        ProfileqlParser.parse(text.toString());
      } catch (ProfileqlParseException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + text, e);
      }
    }
    assertThat(refused).as("seed %d", seed).isPositive();
  }
}
