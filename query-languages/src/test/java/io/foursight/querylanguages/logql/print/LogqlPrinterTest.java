package io.foursight.querylanguages.logql.print;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.querylanguages.logql.parse.LogqlParseException;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class LogqlPrinterTest {
  private static String oneLine(String query) {
    return LogqlPrinter.oneLine(LogqlParser.parse(query));
  }

  /// Narrow, so that short queries break.
  private static String narrow(String query) {
    return new Indented(20).write(LogqlParser.parse(query), 0);
  }

  @Test
  void pipeline_isSpacedAndQuoted() {
    assertThat(
            oneLine(
                "{ a = `b` , c!~\"d\" }|=`x\"`or ip(\"1.2.3.4\")|json|e>=250ms or f<2.5KiB,g=5"))
        .isEqualTo(
            "{a=\"b\", c!~\"d\"} |= \"x\\\"\" or ip(\"1.2.3.4\") | json"
                + " | e>=250ms or ( f<2.5KiB and g==5 )");
  }

  @Test
  void ranges_keepUnwrapOffsetAndGrouping() {
    assertThat(
            oneLine(
                "quantile_over_time(0.99, {a=\"b\"} | logfmt --strict | unwrap duration(c)"
                    + " | __error__=\"\" [90s] offset -5m) without(d,e)"))
        .isEqualTo(
            "quantile_over_time(0.99,{a=\"b\"} | logfmt --strict | unwrap duration(c)"
                + " | __error__=\"\"[1m30s] offset -5m0s) without (d,e)");
  }

  @Test
  void operations_areBracketed() {
    assertThat(oneLine("sum(rate({a=\"b\"}[1m])) / on(x) group_left(y) vector(2) + 3 * 4"))
        .isEqualTo("((sum(rate({a=\"b\"}[1m])) / on (x) group_left (y) vector(2)) + 12)");
  }

  @Test
  void longPipeline_hasAStageALine() {
    assertThat(narrow("{job=\"loki\", instance=\"localhost\"}|logfmt|level=\"error\" "))
        .isEqualTo("{job=\"loki\", instance=\"localhost\"}\n  | logfmt\n  | level=\"error\"");
  }

  @Test
  void longRangeAggregation_hasItsPartsBelow() {
    assertThat(
            narrow(
                "quantile_over_time(0.99,{container=\"ingress-nginx\"}| json| unwrap latency"
                    + "| __error__=\"\"[1m]) by (cluster)"))
        .isEqualTo(
            """
            quantile_over_time(
              0.99,
              {container="ingress-nginx"}
                | json
                | unwrap latency
                | __error__="" [1m]
            ) by (cluster)\
            """);
  }

  @Test
  void longOperation_hasItsOperatorOnALineOfItsOwn() {
    assertThat(narrow("sum(rate({job=\"loki\"}[5m])) / sum(rate({job=\"loki-dev\"}[5m]))"))
        .isEqualTo(
            """
              sum(
                rate(
                  {job="loki"} [5m]
                )
              )
            /
              sum(
                rate(
                  {job="loki-dev"} [5m]
                )
              )\
            """);
  }

  @Test
  void shortQuery_staysOnOneLine() {
    var query = LogqlParser.parse("topk by (a) (3, rate({b=\"c\"}[5m]))");
    assertThat(LogqlPrinter.pretty(query)).isEqualTo("topk by (a)(3,rate({b=\"c\"}[5m]))");
  }

  /// What is printed must mean the same: both forms of every valid query of the conformance data.
  @Test
  void printing_changesNoMeaning() throws IOException {
    Path file =
        Path.of(System.getProperty("conformance.dir", "../../shared/conformance"))
            .resolve("logql-parse.json");
    Assumptions.assumeTrue(Files.exists(file), "no conformance data in " + file.toAbsolutePath());
    for (var node : new ObjectMapper().readTree(file.toFile())) {
      String query = node.get("query").asText();
      if (!node.get("valid").asBoolean()) {
        continue;
      }
      try {
        var tree = LogqlParser.parse(query);
        String once = LogqlPrinter.oneLine(tree);
        assertThat(oneLine(once)).as(query).isEqualTo(once);
        assertThat(oneLine(LogqlPrinter.pretty(tree))).as(query).isEqualTo(once);
        assertThat(oneLine(new Indented(20).write(tree, 0))).as(query).isEqualTo(once);
      } catch (LogqlParseException e) {
        throw new AssertionError(query + " : " + e.getMessage(), e);
      }
    }
  }
}
