package io.foursight.querylanguages.logql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foursight.querylanguages.logql.ast.Expr;
import io.foursight.querylanguages.logql.ast.Expr.LogQuery;
import io.foursight.querylanguages.logql.ast.Expr.NumberLiteral;
import io.foursight.querylanguages.logql.ast.Expr.RangeAggregation;
import io.foursight.querylanguages.logql.ast.LabelFilter;
import io.foursight.querylanguages.logql.ast.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogqlParserTest {
  private static String error(String query) {
    try {
      LogqlParser.parse(query);
      return "";
    } catch (LogqlParseException e) {
      return e.getMessage();
    }
  }

  private static LabelFilter filter(String text) {
    var query = (LogQuery) LogqlParser.parse("{a=\"b\"} | " + text);
    return ((Stage.Filter) query.stages().getFirst()).filter();
  }

  /// Grafana shows the place and people look for the text.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      textBlock =
          """
          {foo="bar"} foo; line 1, col 13: syntax error: unexpected IDENTIFIER
          {foo="bar"} "foo"; line 1, col 13: syntax error: unexpected STRING
          {foo="bar; line 1, col 6: literal not terminated
          {foo="bar"; line 1, col 11: syntax error: unexpected $end, expecting } or ,
          {foo; line 1, col 5: syntax error: unexpected $end, expecting = or != or =~ or !~
          rate({a="b"}[5); line 1, col 13: missing closing ']' in duration
          rate({a="b"}[5minutes]); line 1, col 13: unknown unit "minutes" in duration "5minutes"
          label_replace(rate({a="b"}[5m]),""); line 1, col 35: syntax error: unexpected ), expecting ,
          {é="b"} |= 5; line 1, col 12: syntax error: unexpected NUMBER, expecting STRING or ip
          """)
  void syntaxErrors_nameTheirPlace(String query, String message) {
    assertThat(error(query)).isEqualTo("parse error at " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      textBlock =
          """
          topk(rate({a="b"}[5m])); parameter required for operation topk
          topk(0, rate({a="b"}[5m])); invalid parameter (must be greater than 0) topk(0
          sum(3, rate({a="b"}[5m])); unsupported parameter for operation sum(3,
          sum_over_time({a="b"}[5m]); invalid aggregation sum_over_time without unwrap
          count_over_time({a="b"} | unwrap c [5m]); invalid aggregation count_over_time with unwrap
          rate({a="b"}[5m]) by (c); grouping not allowed for rate aggregation
          {a="b"} | pattern "<_>"; invalid pattern parser: at least one capture is required
          {a="b"} | regexp "(.*)"; invalid regexp parser: at least one named capture must be supplied
          """)
  void senselessQueries_areRefusedWithoutAPlace(String query, String message) {
    assertThat(error(query)).isEqualTo("parse error : " + message);
  }

  @Test
  void selectorThatMatchesEverything_isRefused() {
    assertThat(error("{a=~\".*\"}"))
        .startsWith("parse error : queries require at least one regexp or equality matcher");
    assertThat(LogqlParser.parseMatchers("{a=~\".*\"}")).hasSize(1);
    assertThat(LogqlParser.parseMatchers("{}")).isEmpty();
  }

  @Test
  void linesAreCounted() {
    assertThat(error("{a=\"b\"}\n# comment\n  | json !"))
        .startsWith("parse error at line 3, col 10");
  }

  @Test
  void andBindsTighterThanOr() {
    assertThat(filter("a=1 or b=2 and c=3")).isInstanceOf(LabelFilter.Or.class);
    assertThat(filter("(a=1 or b=2) and c=3")).isInstanceOf(LabelFilter.And.class);
  }

  /// A comma joins whatever stands on both of its sides.
  @Test
  void commaAndNothing_meanAnd() {
    assertThat(filter("a=1, b=2 c=3")).isInstanceOf(LabelFilter.And.class);
    assertThat(filter("a=1, b=2 or c=3"))
        .isInstanceOfSatisfying(
            LabelFilter.And.class,
            and -> assertThat(and.right()).isInstanceOf(LabelFilter.Or.class));
  }

  @Test
  void numbersAreFoldedByPrecedence() {
    assertThat(LogqlParser.parse("1 + 2 * 3 ^ 2 - -4 % 3"))
        .isInstanceOfSatisfying(NumberLiteral.class, n -> assertThat(n.value()).isEqualTo(20));
    assertThat(LogqlParser.parse("1 > 2"))
        .isInstanceOfSatisfying(NumberLiteral.class, n -> assertThat(n.value()).isZero());
  }

  @Test
  void keywordsAndFunctions_areOfEitherCase_andFunctionsMayNameLabels() {
    assertThat(
            LogqlParser.parse(
                "SUM BY (count) (Rate({sum=\"a\"} | JSON | min=\"1\" [1M5s]))"
                    .replace("1M5s", "1m5s")))
        .isInstanceOf(Expr.VectorAggregation.class);
    assertThat(error("{json=\"a\"}")).contains("unexpected json");
  }

  @Test
  void pipelineMayFollowTheBrackets() {
    var before =
        (RangeAggregation) LogqlParser.parse("rate({a=\"b\"} | json | unwrap c [5m] offset 1m)");
    var after =
        (RangeAggregation) LogqlParser.parse("rate({a=\"b\"}[5m] offset 1m | json | unwrap c)");
    assertThat(after.range().query().stages()).hasSameSizeAs(before.range().query().stages());
    assertThat(after.range().unwrap()).isPresent();
    assertThat(after.range().rangeNanos()).isEqualTo(300_000_000_000L);
    assertThat(after.range().offsetNanos()).isEqualTo(60_000_000_000L);
  }

  /// A stack overflow in a shared process would take everybody down.
  @Test
  void depthAndLength_areBounded() {
    assertThat(error("(".repeat(100_000) + "1")).contains("nested deeper");
    assertThat(error("1" + "+vector(1)".repeat(5000))).contains("nested deeper");
    assertThat(error("rate(" + "(".repeat(100_000))).contains("nested deeper");
    assertThat(error("{a=\"b\"} | " + "(".repeat(100_000))).contains("more than");
    assertThat(error("{a=\"b\"} | " + "c=1 or ".repeat(5000) + "c=1")).contains("more than");
    assertThat(error("{a=\"" + "x".repeat(131_072) + "\"}")).contains("input size too long");
  }

  @Test
  void metricQuery_isNoLogQuery() {
    assertThatExceptionOfType(LogqlParseException.class)
        .isThrownBy(() -> LogqlParser.parseLogQuery("rate({a=\"b\"}[1m])"));
  }
}
