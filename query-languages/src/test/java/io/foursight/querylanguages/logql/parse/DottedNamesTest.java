package io.foursight.querylanguages.logql.parse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// OpenTelemetry's users write the names that they know.
class DottedNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\'',
      value = {
        "{service.name=\"a.b\"}; {service_name=\"a.b\"}",
        "{\"service.name\"=\"a.b\", \"k8s.pod.name\" !~ \"x.y\"}; {service_name=\"a.b\","
            + " k8s_pod_name !~ \"x.y\"}",
        "{a=\"b\"} | http.method=\"GET\" or http.status_code >= 1.5; {a=\"b\"} |"
            + " http_method=\"GET\" or http_status_code >= 1.5",
        "sum by (service.name, x) (rate({a.b.c=\"d\"}[5m])); sum by (service_name, x)"
            + " (rate({a_b_c=\"d\"}[5m]))",
        "{a=\"b\"} | keep http.url # x.y; {a=\"b\"} | keep http_url # x.y",
      })
  void dottedNames_becomeTheNamesThatLogqlCanSpell(String query, String answered) {
    assertThat(DottedNames.answered(query)).isEqualTo(answered);
    LogqlParser.parse(answered);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{a=\"b\"} |= \"x.y\" != \"z.w\"",
        "{a=\"b\"} | json x=\"a.b\", y=\"c.d\"",
        "{a=\"b\"} | line_format \"{{.a.b}}\" | label_format c=`{{.d}}`",
        "quantile_over_time(0.99, {a=\"b\"} | unwrap x [1.5h])",
        "{a=\"b\\\".c=\"} | x > 1.5s and y < .5",
        "{a=\"b\"} /* c.d */ | x=\"1\" // e.f",
        "{a=\"b\"} |~ `x.y=` or \"q.r\"",
      })
  void whatLogqlTakes_staysAsItIs(String query) {
    assertThat(DottedNames.answered(query)).isEqualTo(query);
  }

  @Test
  void halfAString_isLeftToTheParser() {
    assertThat(DottedNames.answered("{a.b=\"c.d\\")).isEqualTo("{a_b=\"c.d\\");
    assertThat(DottedNames.answered("{a=\"b.")).isEqualTo("{a=\"b.");
    assertThat(DottedNames.answered("{\"a.b\"")).isEqualTo("{\"a.b\"");
    assertThat(DottedNames.answered("a. .b 1.")).isEqualTo("a. .b 1.");
  }
}
