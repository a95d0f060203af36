package io.foursight.querylanguages.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.foursight.model.FoursightException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RegexMatcherTest {
  @Test
  void theWholeText_mustMatch() {
    assertThat(RegexMatcher.compile("a").matches("ab")).isFalse();
    assertThat(RegexMatcher.compile("a|ab").matches("ab")).isTrue();
    assertThat(RegexMatcher.compile("").matches("")).isTrue();
    assertThat(RegexMatcher.compile("").matches("x")).isFalse();
    assertThat(RegexMatcher.compile("ab.*bc").matches("abc")).isFalse();
    assertThat(RegexMatcher.compile(".+").matches("")).isFalse();
  }

  /// Since Prometheus 3.0; labels with newlines would be lost otherwise.
  @Test
  void dot_matchesANewline() {
    assertThat(RegexMatcher.compile("a.b").matches("a\nb")).isTrue();
    assertThat(RegexMatcher.compile(".*").matches("a\nb")).isTrue();
    assertThat(RegexMatcher.compile("(?-s:a.b)").matches("a\nb")).isFalse();
  }

  @Test
  void finiteExpressions_areKnownAsLiterals() {
    assertThat(RegexMatcher.compile("api|web|db-[0-2]").literals().orElseThrow())
        .isEqualTo(Set.of("api", "web", "db-0", "db-1", "db-2"));
    assertThat(RegexMatcher.compile("(?i:api)").literals().orElseThrow()).hasSize(8);
    assertThat(RegexMatcher.compile("a+").literals()).isEmpty();
    assertThat(RegexMatcher.compile("prod-.*").prefix()).isEqualTo("prod-");
  }

  @Test
  void malformedExpressions_areRefusedInGosWords() {
    assertThatThrownBy(() -> RegexMatcher.compile("a(b"))
        .isInstanceOf(FoursightException.class)
        .hasMessageStartingWith("error parsing regexp: missing closing )");
    for (String bad :
        new String[] {
          "a)", "a**", "a{1001}", "a{3,2}", "[a", "[b-a]", "(?", "\\", "(?P<n>", "a|*", "x{2}{3}{4}"
        }) {
      assertThatThrownBy(() -> RegexMatcher.compile(bad))
          .as(bad)
          .isInstanceOf(FoursightException.class);
    }
    assertThatThrownBy(() -> RegexMatcher.compile("*a")).isInstanceOf(FoursightException.class);
    assertThatThrownBy(() -> RegexMatcher.compile("(?<=a)b"))
        .isInstanceOf(FoursightException.class);
  }

  /// Regexes come from anybody who can query: none may take the process down or hang.
  @Test
  void hugeAndNestedExpressions_areAnsweredOrRefused() {
    assertThatThrownBy(() -> RegexMatcher.compile("(".repeat(50_000) + "a" + ")".repeat(50_000)))
        .isInstanceOf(FoursightException.class);
    assertThatThrownBy(() -> RegexMatcher.compile("((a{1000}){1000}){1000}"))
        .isInstanceOf(FoursightException.class);
    assertThat(RegexMatcher.compile(".*a.{18}").matches("xxa" + "y".repeat(18))).isTrue();
    assertThatThrownBy(() -> RegexMatcher.compile("(a|b)*c".repeat(14_000)))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining("too large");
    String pods =
        IntStream.range(0, 10_000).mapToObj(i -> "pod-" + i).collect(Collectors.joining("|"));
    assertThat(RegexMatcher.compile(pods).matches("pod-9999")).isTrue();
    assertThat(RegexMatcher.compile("(" + pods + ")").matches("pod-x")).isFalse();
    assertThat(RegexMatcher.compile("(x+x+)+y").matches("x".repeat(5_000))).isFalse();
  }

  @Test
  void allRoads_agreeWithRe2j() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      String expression = expression(random, 3);
      Pattern oracle;
      try {
        oracle = Pattern.compile("^(?s:" + expression + ")$");
      } catch (PatternSyntaxException e) {
        assertThatThrownBy(() -> RegexMatcher.compile(expression))
            .as("seed " + seed)
            .isInstanceOf(FoursightException.class);
        continue;
      }
      RegexMatcher matcher = RegexMatcher.compile(expression);
      for (int j = 0; j < 20; j++) {
        String text = text(random);
        boolean expected = oracle.matches(text);
        String what = "seed " + seed + ": " + expression + " on " + text;
        assertThat(matcher.matches(text)).as(what).isEqualTo(expected);
        byte[] bytes = ("<" + text).getBytes(StandardCharsets.UTF_8);
        assertThat(matcher.matches(bytes, 1, bytes.length - 1)).as(what).isEqualTo(expected);
        matcher
            .literals()
            .ifPresent(l -> assertThat(l.contains(text)).as(what).isEqualTo(expected));
        if (expected) {
          assertThat(text).as(what).startsWith(matcher.prefix());
        }
      }
    }
  }

  private static String expression(Random random, int depth) {
    String[] atoms = {
      "a",
      "b",
      "k",
      "é",
      "\\.",
      ".",
      "[ab]",
      "[^a]",
      "\\d",
      "\\w",
      "x",
      "[[:alpha:]]",
      "\\x61",
      "\\Qa.b\\E",
      "^",
      "$",
      "\\b",
      "[a\\]-]",
      "\\pL",
      "[\\w-]",
      "ab",
      "\n",
      "(?i)a",
      "日"
    };
    if (depth == 0) {
      return atoms[random.nextInt(atoms.length)];
    }
    return switch (random.nextInt(8)) {
      case 0 -> expression(random, depth - 1) + "*";
      case 1 -> "(" + expression(random, depth - 1) + ")+?";
      case 2 -> "(?:" + expression(random, depth - 1) + "){1,2}";
      case 3 -> "(" + expression(random, depth - 1) + "|" + expression(random, depth - 1) + ")";
      case 4 -> "(?i:" + expression(random, depth - 1) + ")";
      case 5 -> ".*" + expression(random, depth - 1) + (random.nextBoolean() ? ".*" : "");
      case 6 -> atoms[random.nextInt(atoms.length)] + "?";
      default -> expression(random, depth - 1) + expression(random, depth - 1);
    };
  }

  private static String text(Random random) {
    String[] pieces = {"a", "b", "A", "k", "é", ".", "1", "_", "\n", "x", "ab", "日", "]"};
    var out = new StringBuilder();
    for (int n = random.nextInt(5); n > 0; n--) {
      out.append(pieces[random.nextInt(pieces.length)]);
    }
    return out.toString();
  }

  @Test
  void templates_areFilledAsGoFillsThem() {
    var replacer = RegexReplacer.compile("(?P<first>[a-z]+)-(\\d*)(x)?");
    assertThat(replacer.replace("ab-12", "$2/${first}/$first/$3/$9/$$/${/$"))
        .contains("12/ab/ab///$/${/$");
    assertThat(replacer.replace("ab-12", "$1x")).contains("");
    assertThat(replacer.replace("ab-12", "${1}x")).contains("abx");
    assertThat(replacer.replace("12", "$1")).isEmpty();
  }
}
