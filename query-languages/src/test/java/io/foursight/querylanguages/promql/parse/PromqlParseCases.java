package io.foursight.querylanguages.promql.parse;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Prometheus's own table of valid and invalid queries (`promql-parse.json` of the conformance
/// data).
public final class PromqlParseCases {
  /// Everything on but the fill modifiers, as the table was made.
  public static final Options OPTIONS = new Options(true, true, false, true, true, 60_000);

  /// @param failures one line per failing case
  public record Outcome(int passed, int total, List<String> failures) {}

  private PromqlParseCases() {}

  public static Outcome run(Path directory) throws IOException {
    var failures = new ArrayList<String>();
    int total = 0;
    for (var node : new ObjectMapper().readTree(directory.resolve("promql-parse.json").toFile())) {
      total++;
      String query = node.get("query").asText();
      String problem = problem(query, node.get("valid").asBoolean());
      if (!problem.isEmpty()) {
        failures.add("parse case " + total + ": " + shown(query) + ": " + problem);
      }
    }
    return new Outcome(total - failures.size(), total, failures);
  }

  private static String problem(String query, boolean valid) {
    try {
      PromqlParser.parse(query, OPTIONS);
      return valid ? "" : "must not parse";
    } catch (PromqlParseException e) {
      return valid ? e.getMessage() : "";
    } catch (FoursightException e) {
      return "wrong kind of error: " + e;
    }
  }

  private static String shown(String query) {
    return query.length() > 100 ? query.substring(0, 100) + "..." : query;
  }
}
