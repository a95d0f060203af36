package io.foursight.querylanguages.logql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.querylanguages.logql.parse.LogqlParseCases;
import io.foursight.querylanguages.logql.pipeline.LogqlStageCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Loki's published cases (`DIR/logql-*.json`), DIR being `-Dconformance.dir`. Prints
/// `passed/total` a file and lists every failing case.
class LogqlConformanceTest {
  private static Path directory() {
    return Path.of(System.getProperty("conformance.dir", "../../shared/conformance"));
  }

  @Test
  void everyCaseOfLoki_givesItsResult() throws IOException {
    Assumptions.assumeTrue(
        Files.exists(directory().resolve("logql-parse.json")),
        "no conformance data in " + directory().toAbsolutePath());
    var failures = new ArrayList<String>();
    int total = 0;
    var parsed = LogqlParseCases.run(directory());
    System.out.println("LogQL parse: " + parsed.passed() + "/" + parsed.total());
    total += parsed.total();
    failures.addAll(parsed.failures());
    var staged = LogqlStageCases.run(directory());
    System.out.println("LogQL stages: " + staged.passed() + "/" + staged.total());
    total += staged.total();
    failures.addAll(staged.failures());
    var evaluated = LogqlEvalCases.run(directory());
    System.out.println("LogQL eval: " + evaluated.passed() + "/" + evaluated.total());
    total += evaluated.total();
    failures.addAll(evaluated.failures());
    System.out.println("LogqlConformanceTest " + (total - failures.size()) + "/" + total);
    failures.forEach(f -> System.out.println("FAILED " + f));
    assertThat(failures).isEmpty();
  }
}
