package io.foursight.querylanguages.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.promql.print.PromqlPrinter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromqlParserTest {
  /// Texts that people search for and dashboards show.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "rate(x)|1:6: parse error: expected type range vector in call to function \"rate\", got"
            + " instant vector",
        "foo(x)|1:1: parse error: unknown function with name \"foo\"",
        "info(x)|1:1: parse error: function \"info\" is not enabled",
        "{}|1:1: parse error: vector selector must contain at least one non-empty matcher",
        "1 == 1|1:3: parse error: comparisons between scalars must use BOOL modifier",
        "sum(x) by (a) b|1:15: parse error: unexpected identifier \"b\"",
        "((1)|1:5: parse error: unclosed left parenthesis",
        "1))|1:3: parse error: unexpected right parenthesis ')'",
        "x[5mm]|1:3: parse error: bad number or duration syntax: \"5mm\"",
        "x[0s]|1:3: parse error: duration must be greater than 0",
        "x and 1|1:1: parse error: set operator \"and\" not allowed in binary scalar expression",
        "x[5m]|~~",
        "-x[5m]|1:1: parse error: unary expression only allowed on expressions of type scalar or"
            + " instant vector, got \"range vector\"",
        "(a+b)[5m]|1:6: parse error: ranges only allowed for vector selectors",
        "x{a=\"b\"|1:8: parse error: unexpected end of input inside braces",
        "topk(x)|1:1: parse error: wrong number of arguments for aggregate expression provided,"
            + " expected 2, got 1",
        "a{__name__=\"b\"}|1:1: parse error: metric name must not be set twice: \"a\" or \"b\"",
        "a + on (x) group_left (x) b|1:3: parse error: label \"x\" must not occur in ON and GROUP"
            + " clause at once",
        "x @ 1 @ 2|1:1: parse error: @ <timestamp> may not be set multiple times",
        "é|1:1: parse error: unexpected character: 'é'",
        "# only this|1:1: parse error: no expression found in input",
        "1foo|1:1: parse error: bad number or duration syntax: \"1\"",
        "100..4|1:1: parse error: bad number or duration syntax: \"100..\"",
        "0deadbeef|1:1: parse error: bad number or duration syntax: \"0de\"",
        "1__0|1:1: parse error: bad number or duration syntax: \"1__\"",
        "5y1hs|1:1: parse error: unknown unit \"hs\" in duration \"5y1hs\"",
        "1m1h|1:1: parse error: not a valid duration string: \"1m1h\"",
        "x[999999999999y]|1:3: parse error: duration out of range",
        "1 + 1e1000|1:5: parse error: error parsing number: strconv.ParseFloat: parsing"
            + " \"1e1000\": value out of range",
        "1 or on (a) x|1:1: parse error: vector matching only allowed between instant vectors",
        "x @ 1e20|1:1: parse error: timestamp out of bounds for @ modifier:"
            + " 100000000000000000000.000000",
        "x{a==\"b\"}|1:5: parse error: unexpected \"=\" in label matching, expected string",
        "x[y]|1:3: parse error: unexpected character in duration expression: 'y'",
        "x[5m y]|1:6: parse error: unexpected character: 'y', expected ':'",
        "x[5m 1m]|1:6: parse error: unexpected duration \"1m\" in subquery or range, expected"
            + " \":\" or \"]\"",
        "x[:5m]|1:4: parse error: unexpected colon before duration in duration expression",
        "x[|1:3: parse error: unexpected end of input in duration expression",
        "x[step]|1:7: parse error: unexpected \"]\" in subquery or range selector, expected"
            + " number, duration, step(), or range()",
        "x[1/0]|1:4: parse error: division by zero",
        "x @ end|1:8: parse error: unexpected end of input in @, expected timestamp",
        "nofunc(x y)|1:10: parse error: unexpected identifier \"y\"",
        "x{a=~\"(\"}|1:3: parse error: error parsing regexp: missing closing ): `(`",
        "~~|unknown position: parse error: no expression found in input",
      })
  void errors_areWordedAndPlacedAsInPrometheus(String query, String expected) {
    if (expected == null || expected.isEmpty()) {
      PromqlParser.parse(query, Options.STABLE);
      return;
    }
    assertThatExceptionOfType(PromqlParseException.class)
        .isThrownBy(() -> PromqlParser.parse(query, Options.STABLE))
        .withMessage(expected);
  }

  @Test
  void fills_needVectorsOnBothSides() {
    assertThatExceptionOfType(PromqlParseException.class)
        .isThrownBy(() -> PromqlParser.parse("1 + fill (1) x", Options.ALL))
        .withMessage(
            "1:1: parse error: filling in missing series only allowed between instant vectors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x[5m] anchored", "a + fill(0) b", "limitk(1, x)", "start()"})
  void experimentalParts_needTheirSwitch(String query) {
    PromqlParser.parse(query, Options.ALL);
    assertThatExceptionOfType(PromqlParseException.class)
        .isThrownBy(() -> PromqlParser.parse(query, Options.STABLE));
  }

  @ParameterizedTest
  @CsvSource({"1_000,1000", "0x_ff,255", "010,8", "1e3,1000", "5m,300", "-1h30m,-5400", ".5,0.5"})
  void numbers_haveManyForms(String text, double value) {
    var e = (NumberLiteral) PromqlParser.parse(text, Options.STABLE);
    assertThat(e.value()).isEqualTo(value);
  }

  @Test
  void keywords_areNamesWhereTheGrammarAllowsIt() {
    for (String query :
        new String[] {"sum", "by", "and and or", "offset offset 5m", "sum by (on, bool) (start)"}) {
      PromqlParser.parse(query, Options.ALL);
    }
  }

  /// A stack overflow in a query thread would be a denial of service.
  @Test
  void deepQueries_areRefusedWithAClearError() {
    for (String query :
        new String[] {
          "(".repeat(30_000) + "1" + ")".repeat(30_000),
          "1" + "+1".repeat(30_000),
          "-".repeat(30_000) + "1",
          "1" + "^1".repeat(30_000),
          "(" + "-{}-1".repeat(30_000) + ")" + "[1m:]".repeat(1_000),
          "x" + "[1m:]".repeat(30_000),
          "x[" + "(".repeat(10_000) + "1" + ")".repeat(10_000) + "]",
          "x[1" + "+1".repeat(10_000) + "]",
          "abs(".repeat(30_000) + "x" + ")".repeat(30_000),
        }) {
      assertThatExceptionOfType(PromqlParseException.class)
          .isThrownBy(() -> PromqlParser.parse(query, Options.ALL));
    }
  }

  /// Any text either parses, and then prints to what parses to the same, or is a parse error.
  /// Infinity is left out: it prints with a sign, which `^` then parts from it (to no effect).
  @Test
  void anyText_parsesOrIsAParseError() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String[] pieces = {
      "sum",
      "by",
      "(",
      ")",
      "x",
      "{",
      "}",
      "a",
      "=",
      "\"b\"",
      "[",
      "]",
      "5m",
      ":",
      "offset",
      "-",
      "+",
      "*",
      "^",
      "@",
      "1",
      "on",
      "ignoring",
      "group_left",
      "bool",
      "==",
      "and",
      ",",
      "rate",
      "topk",
      "start",
      "step",
      "'",
      "\\",
      "`",
      "#",
      "\n",
      "é",
      "</",
      "fill",
      "smoothed",
      "=~",
      " ",
      "min_of",
      "1e",
      "0x",
      "nan",
      ".",
      "without",
      "!~",
      "info",
      "%",
      "/",
      "0"
    };
    for (int round = 0; round < 40_000; round++) {
      var text = new StringBuilder();
      int length = random.nextInt(1, 14);
      for (int i = 0; i < length; i++) {
        text.append(pieces[random.nextInt(pieces.length)]);
        text.append(random.nextInt(3) == 0 ? "" : " ");
      }
      check(text.toString(), seed);
    }
  }

  private static void check(String query, long seed) {
    try {
      var e = PromqlParser.parse(query, Options.ALL);
      String printed = PromqlPrinter.oneLine(e);
      String again = PromqlPrinter.json(PromqlParser.parse(printed, Options.ALL));
      assertThat(again)
          .as("seed %d: <%s> printed as <%s>", seed, query, printed)
          .isEqualTo(PromqlPrinter.json(e));
    } catch (PromqlParseException e) {
      assertThat(e.getMessage()).contains("parse error: ");
    } catch (RuntimeException | StackOverflowError e) {
      fail("seed " + seed + ": <" + query + ">", e);
    }
  }
}
