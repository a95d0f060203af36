package io.foursight.querylanguages.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.querylanguages.promql.parse.PromqlParseCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Prometheus's published test scripts (`DIR/promql/*.test`) and parse table
/// (`DIR/promql-parse.json`), DIR being `-Dconformance.dir`. Prints `passed/total` a file and lists
/// every failing case.
class PromqlConformanceTest {
  private static Path directory() {
    return Path.of(System.getProperty("conformance.dir", "../../shared/conformance"));
  }

  @Test
  void everyScriptOfPrometheus_givesItsResults() throws IOException {
    Path scripts = directory().resolve("promql");
    Assumptions.assumeTrue(
        Files.isDirectory(scripts), "no conformance data in " + directory().toAbsolutePath());
    List<Path> files;
    try (var listing = Files.list(scripts)) {
      files = listing.filter(f -> f.toString().endsWith(".test")).sorted().toList();
    }
    var failures = new ArrayList<String>();
    int total = 0;
    for (Path file : files) {
      var runner = new ScriptRunner(Options.ALL);
      runner.run(Script.read(file));
      int passed = runner.total() - runner.failures().size();
      System.out.println("PromQL " + file.getFileName() + ": " + passed + "/" + runner.total());
      total += runner.total();
      failures.addAll(runner.failures());
    }
    if (Files.exists(directory().resolve("promql-parse.json"))) {
      var parsed = PromqlParseCases.run(directory());
      System.out.println("PromQL parse: " + parsed.passed() + "/" + parsed.total());
      total += parsed.total();
      failures.addAll(parsed.failures());
    }
    System.out.println("PromqlConformanceTest " + (total - failures.size()) + "/" + total);
    failures.forEach(f -> System.out.println("FAILED " + f));
    assertThat(failures).isEmpty();
  }

  /// What aggregations and range queries read may come in any order, without labels that do not
  /// matter, and on several threads.
  @Test
  void everyScriptOfPrometheus_givesItsResults_overALooseSource() throws IOException {
    Path scripts = directory().resolve("promql");
    Assumptions.assumeTrue(
        Files.isDirectory(scripts), "no conformance data in " + directory().toAbsolutePath());
    List<Path> files;
    try (var listing = Files.list(scripts)) {
      files = listing.filter(f -> f.toString().endsWith(".test")).sorted().toList();
    }
    var failures = new ArrayList<String>();
    try (var helpers = Executors.newCachedThreadPool()) {
      for (Path file : files) {
        var runner = new ScriptRunner(Options.ALL, helpers);
        runner.run(Script.read(file));
        failures.addAll(runner.failures());
      }
    }
    assertThat(failures).isEmpty();
  }
}
