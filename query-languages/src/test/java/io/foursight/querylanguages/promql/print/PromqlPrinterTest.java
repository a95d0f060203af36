package io.foursight.querylanguages.promql.print;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromqlPrinterTest {
  private static Expr parse(String query) {
    return PromqlParser.parse(query, Options.ALL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "sum  by(b,a)(rate(x[300s]))|sum by (b, a) (rate(x[5m]))",
        "sum(x)without(a)|sum without (a) (x)",
        "topk(3,x)|topk(3, x)",
        "a+on(x)group_left b|a + on (x) group_left () b",
        "a*ignoring()group_right(z)b|a * ignoring () group_right (z) b",
        "a == bool 1e3|a == bool 1000",
        "up{job='x',a=~\"b.*\"} offset -5m @ 1.5|up{a=~\"b.*\",job=\"x\"} @ 1.500 offset -5m",
        "{\"a.b\",\"l.x\"=\"1\"}|{\"l.x\"=\"1\",__name__=\"a.b\"}",
        "rate(x[5m:])|rate(x[5m:])",
        "x[1h:30s] @ end() offset 1w|x[1h:30s] @ end() offset 1w",
        "sum by (\"a.b\")(x)|sum by (\"a.b\") (x)",
        "-x^2|-x ^ 2",
        "1h30m+0x10|1h30m + 16",
        "rate(x[5m]smoothed)|rate(x[5m] smoothed)",
        "x[5m*2+step()]|x[5m * 2 + step()]",
        "a + fill(0) b|a + fill (0) b",
        "a + fill(NaN) b|a + fill_left (NaN) fill_right (NaN) b",
        "a + fill_right(-1.5e9) b|a + fill_right (-1.5e+09) b",
        "x[((5))]|x[(5)]",
        "x[5 + +step()]|x[5 + step()]",
        "x[-(-5m)]|x[-(-5m)]",
        "x[min_of(5, 5s)] offset +(1)|x[min_of(5, 5s)] offset (1)",
        "count_values('v', x)|count_values(\"v\", x)",
      })
  void oneLine_isNormalized(String query, String expected) {
    assertThat(PromqlPrinter.oneLine(parse(query))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum by (a) (rate(x{b!=\"c\"}[5m] @ start() offset 1h)) / on (a) group_left (z) y or"
            + " vector(-1)",
        "a unless ignoring (b) c and d ^ -2 ^ 3",
        "label_replace(x, \"d\", \"$1\\n\", \"s\", \"(.*)\")",
        "x offset -(5m+step()) + min_over_time(y[1h:1m] @ 123.456)",
        "histogram_quantile(0.9, sum by (le) (rate(h_bucket[2m] anchored)))",
        "a >= bool on (x) fill_left (1) fill_right (NaN) b",
        "x </ 3 >/ -Inf",
      })
  void whatIsPrinted_meansTheSame(String query) {
    Expr e = parse(query);
    for (String printed : new String[] {PromqlPrinter.oneLine(e), PromqlPrinter.pretty(e)}) {
      assertThat(PromqlPrinter.json(parse(printed))).isEqualTo(PromqlPrinter.json(e));
    }
  }

  @Test
  void longQueries_areBrokenOverIndentedLines() {
    String metric = "a_metric_with_a_rather_long_name_for_the_purpose_of_this_test_total";
    String query = "sum by (job) (rate(" + metric + "{a=\"b\"}[5m])) / sum(" + metric + ") * 100";
    assertThat(PromqlPrinter.pretty(parse(query)))
        .isEqualTo(
            """
                sum by (job) (rate(%1$s{a="b"}[5m]))
              /
                sum(%1$s)
            *
              100\
            """
                .formatted(metric));
    String calls = "histogram_quantile(0.9, sum by (le) (rate(" + metric + "{abc=\"defgh\"}[5m])))";
    assertThat(PromqlPrinter.pretty(parse(calls)))
        .isEqualTo(
            """
            histogram_quantile(
              0.9,
              sum by (le) (
                rate(%s{abc="defgh"}[5m])
              )
            )\
            """
                .formatted(metric));
  }

  @Test
  void json_hasPrometheussShape() throws Exception {
    var mapper = new ObjectMapper();
    String query = "sum by (a) (rate(x{b=~\"c\"}[5m] @ end() offset 1m)) > bool 5";
    String expected =
        """
        {"type":"binaryExpr","op":">","bool":true,"matching":null,
         "rhs":{"type":"numberLiteral","val":"5"},
         "lhs":{"type":"aggregation","op":"sum","param":null,"grouping":["a"],"without":false,
          "expr":{"type":"call","func":{"name":"rate","argTypes":["matrix"],"variadic":0,
            "returnType":"vector"},
           "args":[{"type":"matrixSelector","name":"x","range":300000,"offset":60000,
             "rangeExpr":null,"offsetExpr":null,"anchored":false,"smoothed":false,
             "timestamp":null,"startOrEnd":"end",
             "matchers":[{"name":"b","value":"c","type":"=~"},
                         {"name":"__name__","value":"x","type":"="}]}]}}}
        """;
    assertThat(mapper.readTree(PromqlPrinter.json(parse(query))))
        .isEqualTo(mapper.readTree(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "x[(5)]|{'type':'durationExpr','lhs':null,'op':'+','wrapped':true,"
            + "'rhs':{'type':'numberLiteral','val':'5','duration':false}}",
        "x[-(step())]|{'type':'durationExpr','lhs':null,'op':'-','wrapped':false,"
            + "'rhs':{'type':'durationExpr','lhs':null,'op':'step','rhs':null,'wrapped':true}}",
        "x[(+range())]|{'type':'durationExpr','lhs':null,'op':'range','rhs':null,'wrapped':true}",
        "x[max_of(5m,1)]|{'type':'durationExpr','op':'max_of','wrapped':false,"
            + "'lhs':{'type':'numberLiteral','val':'300','duration':true},"
            + "'rhs':{'type':'numberLiteral','val':'1','duration':false}}",
      })
  void json_hasATreeForComputedDurations(String query, String expected) throws Exception {
    var mapper = new ObjectMapper();
    var tree = mapper.readTree(PromqlPrinter.json(parse(query)));
    assertThat(tree.get("range").asInt()).isZero();
    assertThat(tree.get("rangeExpr")).isEqualTo(mapper.readTree(expected.replace('\'', '"')));
  }

  @Test
  void json_keepsTheSignOfAnOffset() throws Exception {
    var mapper = new ObjectMapper();
    var tree = mapper.readTree(PromqlPrinter.json(parse("x offset +step()")));
    assertThat(tree.get("offsetExpr").get("op").asText()).isEqualTo("+");
    tree = mapper.readTree(PromqlPrinter.json(parse("x offset -1m")));
    assertThat(tree.get("offset").asInt()).isEqualTo(-60_000);
    assertThat(tree.get("offsetExpr").isNull()).isTrue();
  }

  /// Prometheus keeps the bytes in text; JSON has no place for them.
  @Test
  void bytesThatAreNoUtf8_areWrittenAsTheyWere() {
    Expr e = PromqlParser.parseVerbatim("a{b='\\xff\\x41'}", Options.ALL);
    assertThat(PromqlPrinter.pretty(e)).isEqualTo("a{b=\"\\xffA\"}");
    assertThat(PromqlPrinter.json(e)).contains("\"value\":\"\\ufffdA\"");
    assertThat(PromqlPrinter.json(parse("'\uD83D\uDE00'"))).contains("\\ud83d\\ude00");
  }

  @Test
  void deepTrees_arePrinted_upToALength() {
    String chain = "1" + " + 1".repeat(20_000);
    assertThat(PromqlPrinter.oneLine(parse(chain))).isEqualTo(chain);
    assertThat(PromqlPrinter.json(parse(chain))).hasSizeGreaterThan(1_000_000);
    assertThat(PromqlPrinter.pretty(parse("1" + " + 1".repeat(1000))))
        .hasSizeGreaterThan(1_000_000);
    assertThatThrownBy(() -> PromqlPrinter.pretty(parse(chain)))
        .hasMessageContaining("more than 16777216 characters");
  }

  @Test
  void signBeforeALongNode_standsOnItsFirstLine() {
    String name = "x".repeat(60);
    assertThat(PromqlPrinter.pretty(parse("-" + name + " ^ " + name)))
        .isEqualTo("-" + name + "\n^\n  " + name);
  }
}
