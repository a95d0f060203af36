package io.foursight.querylanguages.logql.parse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Loki's table of valid and invalid queries (`logql-parse.json` of the conformance data). A query
/// that parses but cannot run may be refused at once or later.
public final class LogqlParseCases {
  /// @param failures one line per failing case
  public record Outcome(int passed, int total, List<String> failures) {}

  private LogqlParseCases() {}

  public static Outcome run(Path directory) throws IOException {
    var failures = new ArrayList<String>();
    int total = 0;
    for (var node : new ObjectMapper().readTree(directory.resolve("logql-parse.json").toFile())) {
      total++;
      String problem = problem(node);
      if (!problem.isEmpty()) {
        failures.add("parse case " + total + ": " + node.get("query").asText() + ": " + problem);
      }
    }
    return new Outcome(total - failures.size(), total, failures);
  }

  private static String problem(JsonNode node) {
    boolean valid = node.get("valid").asBoolean();
    boolean either = node.has("runnable") && !node.get("runnable").asBoolean();
    try {
      LogqlParser.parse(node.get("query").asText());
      return valid ? "" : "must not parse";
    } catch (LogqlParseException e) {
      return valid && !either ? e.getMessage() : "";
    } catch (FoursightException e) {
      return "wrong kind of error: " + e;
    }
  }
}
