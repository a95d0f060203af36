package io.foursight.querylanguages.traceql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.querylanguages.traceql.parse.TraceqlParseCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Tempo's published cases (`DIR/traceql-*.json`), DIR being `-Dconformance.dir`. Prints
/// `passed/total` a file and lists every failing case.
class TraceqlConformanceTest {
  private static Path directory() {
    return Path.of(System.getProperty("conformance.dir", "../../shared/conformance"));
  }

  @Test
  void everyCaseOfTempo_givesItsResult() throws IOException {
    Assumptions.assumeTrue(
        Files.exists(directory().resolve("traceql-parse.json")),
        "no conformance data in " + directory().toAbsolutePath());
    var failures = new ArrayList<String>();
    int total = 0;
    var parsed = TraceqlParseCases.run(directory());
    System.out.println("TraceQL parse: " + parsed.passed() + "/" + parsed.total());
    total += parsed.total();
    failures.addAll(parsed.failures());
    var evaluated = TraceqlEvalCases.run(directory());
    System.out.println("TraceQL eval: " + evaluated.passed() + "/" + evaluated.total());
    total += evaluated.total();
    failures.addAll(evaluated.failures());
    System.out.println("TraceqlConformanceTest " + (total - failures.size()) + "/" + total);
    failures.forEach(f -> System.out.println("FAILED " + f));
    assertThat(failures).isEmpty();
  }
}
