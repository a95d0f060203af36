package io.foursight.querylanguages.traceql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceqlParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      value = {
        "{ .a || .b && .c }; { (.a || .b) && .c }",
        "{ -.a * .b = 1 }; { (-(.a * .b)) = 1 }",
        "{ !.a = true }; { (!.a) = true }",
        "{ .a ^ .b ^ .c > 1 }; { (.a ^ (.b ^ .c)) > 1 }",
        "{ span.\"a b\".c = 1h30m }; { span.\"a b.c\" = 1h30m0s }",
        "{ .a = 1 /* one */ } // all; { .a = 1 }",
        "{ } | count_over_time() by(span:name) | topk(3) > 2; "
            + "{ true } | count_over_time() by(span:name) | topk(3) > 2",
        "({} | rate()) * (6 / 2 * (1 + 2)); ({ true } | rate()) * 9",
      })
  void operators_bindAsTempoBindsThem(String query, String canonical) {
    assertThat(TraceqlPrinter.print(TraceqlParser.parse(query))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      value = {
        "{ .a | .b }; invalid TraceQL query: parse error at line 1, col 6: syntax error: unexpected"
            + " |",
        "{ .a; invalid TraceQL query: parse error at line 1, col 5: syntax error: unexpected $end",
        "{ kind }; invalid TraceQL query: span filter field expressions must resolve to a boolean:"
            + " { kind }",
        "{ parent.a = 1 }; invalid TraceQL query: parent scope (parent.a) is not yet supported",
      })
  void badQuery_saysWhatAndWhere(String query, String message) {
    assertThatThrownBy(() -> TraceqlParser.parse(query))
        .isInstanceOf(TraceqlParseException.class)
        .hasMessage(message);
  }

  /// A machine writes such queries; nobody's stack may overflow.
  @Test
  void chainsAndBracketsOfThousands_areParsedCheckedAndPrinted() {
    var chain = new StringBuilder("{ .a = 0");
    for (int i = 1; i < 6_000; i++) {
      chain.append(" || .a = ").append(i);
    }
    String printed = TraceqlPrinter.print(TraceqlParser.parse(chain + " }"));
    assertThat(TraceqlParser.parse(printed).depth()).isGreaterThan(10_000);
    String brackets = "{ " + "(".repeat(10_000) + ".a" + ")".repeat(10_000) + " }";
    assertThat(TraceqlPrinter.print(TraceqlParser.parse(brackets))).isEqualTo("{ .a }");
    assertThatThrownBy(() -> TraceqlParser.parse("{ " + "!".repeat(60_000) + ".a }"))
        .hasMessageContaining("too complex");
  }
}
