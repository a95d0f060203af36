package io.foursight.querylanguages.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Parses what Prometheus parses and refuses what it refuses.
class PromqlParseConformanceTest {
  @Test
  void everyQueryOfPrometheussTable_isAcceptedOrRefusedAsThere() throws IOException {
    String home = System.getProperty("conformance.dir", "../../shared/conformance");
    Path directory = Path.of(home);
    Assumptions.assumeTrue(
        Files.exists(directory.resolve("promql-parse.json")),
        "no conformance data in " + directory.toAbsolutePath());
    var outcome = PromqlParseCases.run(directory);
    System.out.println("PromQL parse: " + outcome.passed() + "/" + outcome.total());
    assertThat(outcome.failures()).isEmpty();
  }
}
