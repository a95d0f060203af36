package io.foursight.querylanguages.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.re2j.Pattern;
import io.foursight.model.FoursightException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegexSearchTest {
  private static boolean find(String expression, String text) {
    // In the middle of other bytes that must not matter.
    byte[] bytes = ("ab1 " + text + " ba0").getBytes(StandardCharsets.UTF_8);
    return RegexSearch.compile(expression).find(bytes, 4, bytes.length - 8);
  }

  private static String required(String expression) {
    var out = new StringBuilder();
    for (byte[] literal : RegexSearch.compile(expression).requiredLiterals()) {
      out.append('[').append(new String(literal, StandardCharsets.UTF_8)).append(']');
    }
    return out.toString();
  }

  @Test
  void expression_isSoughtAnywhere() {
    assertThat(find("o+b", "foobar")).isTrue();
    assertThat(find("x", "foobar")).isFalse();
    assertThat(find("", "")).isTrue();
  }

  @Test
  void anchors_areThoseOfTheSlice() {
    assertThat(find("^foo", "foobar")).isTrue();
    assertThat(find("^bar", "foobar")).isFalse();
    assertThat(find("bar$", "foobar")).isTrue();
    assertThat(find("foo$", "foobar")).isFalse();
    assertThat(find("^foo|bar$", "xxbar")).isTrue();
    assertThat(find("(?m)foo$", "foo\nbar")).isTrue();
    assertThat(find("foo\\$", "foo$x")).isTrue();
    assertThat(find("\\Qa$", "a$b")).isTrue();
  }

  @Test
  void dot_matchesNoNewline() {
    assertThat(find("a.b", "a\nb")).isFalse();
    assertThat(find("(?s)a.b", "a\nb")).isTrue();
  }

  @Test
  void caseIsIgnoredBeyondAscii() {
    assertThat(find("(?i)status=K", "STATUS=k")).isTrue();
    assertThat(find("(?i)kiss", "\u212ai\u017fs")).isTrue();
    assertThat(find("(?i)γεια", "ΓΕΙΑ ΣΟΥ")).isTrue();
  }

  @Test
  void invalidUtf8_isPassedOver() {
    byte[] bytes = {(byte) 0xff, (byte) 0xfe, 'e', 'r', 'r', (byte) 0xc3};
    assertThat(RegexSearch.compile("e.?r+").find(bytes, 0, bytes.length)).isTrue();
  }

  /// Storage skips pages that lack one of these, so each must be in every match.
  @Test
  void requiredLiterals_areWhatEveryMatchContains() {
    assertThat(required("error: (\\d+) of .*disk")).isEqualTo("[error: ][ of ][disk]");
    assertThat(required("(foo)+bar?")).isEqualTo("[foo][ba]");
    assertThat(required("a|b")).isEmpty();
    assertThat(required("(?i)foo")).isEmpty();
    assertThat(required("^level=(warn|error)")).isEqualTo("[level=]");
    assertThat(required("x*y{0,3}")).isEmpty();
  }

  @Test
  void malformedExpression_isBadData() {
    assertThatExceptionOfType(FoursightException.class)
        .isThrownBy(() -> RegexSearch.compile("a("))
        .withMessageContaining("missing closing )");
  }

  /// All roads against the one that is known to be right.
  @Test
  void randomExpressions_agreeWithRe2() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    String[] atoms = {
      "a", "b", "1", ".", "[ab]", "[^a]", "\\d", "é", "(a|b1)", "(?:ab)", "^", "$", "\\b", "(?i)B"
    };
    String[] repeats = {"", "", "", "*", "+", "?", "{2}", "*?"};
    String letters = "ab1é \nB";
    for (int i = 0; i < 4000; i++) {
      var expression = new StringBuilder();
      for (int k = random.nextInt(5); k >= 0; k--) {
        String atom = atoms[random.nextInt(atoms.length)];
        boolean bare = "^$".contains(atom) || atom.equals("\\b") || atom.startsWith("(?i)");
        expression.append(atom).append(bare ? "" : repeats[random.nextInt(repeats.length)]);
        if (random.nextInt(8) == 0) {
          expression.append('|');
        }
      }
      var text = new StringBuilder();
      for (int k = random.nextInt(8); k > 0; k--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      boolean expected = Pattern.compile(expression.toString()).matcher(text.toString()).find();
      assertThat(find(expression.toString(), text.toString()))
          .as("seed %d: /%s/ in `%s`", seed, expression, text)
          .isEqualTo(expected);
      for (byte[] literal : RegexSearch.compile(expression.toString()).requiredLiterals()) {
        assertThat(
                !expected || text.toString().contains(new String(literal, StandardCharsets.UTF_8)))
            .as("seed %d: required literal of /%s/ in `%s`", seed, expression, text)
            .isTrue();
      }
    }
  }
}
