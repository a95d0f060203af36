package io.foursight.querylanguages.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.metrics.MetricsQueryRunner.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Our own scripts in the format of Prometheus's, for rules of the language beyond its published
/// ones.
class PromqlScriptTest {
  private static final Options IMMEDIATE = new Options(true, true, true, false, true, 60_000);

  @ParameterizedTest
  @ValueSource(strings = {"names", "at", "aggregators", "operators", "extended", "histograms"})
  void scriptWithNamesDroppedAtTheEnd_givesItsResults(String name) throws IOException {
    assertThat(failures("/promql/" + name + ".test", Options.ALL)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = "names")
  void scriptWithNamesDroppedAtOnce_givesItsResults(String name) throws IOException {
    assertThat(failures("/promql/immediate/" + name + ".test", IMMEDIATE)).isEmpty();
  }

  private static List<String> failures(String resource, Options options) throws IOException {
    try (InputStream in = PromqlScriptTest.class.getResourceAsStream(resource)) {
      var runner = new ScriptRunner(options);
      runner.run(Script.parse(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
      assertThat(runner.total()).isPositive();
      return runner.failures();
    }
  }
}
