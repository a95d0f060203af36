package io.foursight.querylanguages.traceql.parse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.querylanguages.traceql.ast.Query;
import io.foursight.querylanguages.traceql.parse.TraceqlParseException.Fault;
import io.foursight.querylanguages.traceql.print.TraceqlPrinter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Tempo's table of valid and invalid queries (`traceql-parse.json` of the conformance data). Where
/// it gives a canonical form, that must parse to the same tree.
public final class TraceqlParseCases {
  /// @param failures one line per failing case
  public record Outcome(int passed, int total, List<String> failures) {}

  private TraceqlParseCases() {}

  public static Outcome run(Path directory) throws IOException {
    var failures = new ArrayList<String>();
    int total = 0;
    for (var node : new ObjectMapper().readTree(directory.resolve("traceql-parse.json").toFile())) {
      total++;
      String problem = problem(node);
      if (!problem.isEmpty()) {
        String query = node.get("query").asText();
        String shown = query.length() > 200 ? query.substring(0, 200) + "..." : query;
        failures.add("parse case " + total + ": " + shown + ": " + problem);
      }
    }
    return new Outcome(total - failures.size(), total, failures);
  }

  private static String problem(JsonNode node) {
    String query = node.get("query").asText();
    String expected = node.get("kind").asText();
    if (expected.equals("parse_only")) {
      expected = node.get("validate").asText();
      try {
        TraceqlParser.syntax(query);
      } catch (TraceqlParseException e) {
        return "must parse: " + e.getMessage();
      }
    }
    String verdict = "ok";
    String message = "";
    try {
      Query parsed = TraceqlParser.parse(query);
      String printed = TraceqlPrinter.print(parsed);
      if (!TraceqlParser.parse(printed).expr().equals(parsed.expr())) {
        return "prints as another query: " + printed;
      }
    } catch (TraceqlParseException e) {
      verdict = verdict(e.fault());
      message = e.getMessage();
    }
    if (!verdict.equals(expected)) {
      return "expected " + expected + ", is " + verdict + " " + message;
    }
    return node.path("canonical").isTextual() && !expected.equals("unsupported")
        ? canonical(query, node.get("canonical").asText())
        : "";
  }

  private static String verdict(Fault fault) {
    return switch (fault) {
      case SYNTAX -> "parse";
      case INVALID -> "validate";
      case UNSUPPORTED -> "unsupported";
    };
  }

  private static String canonical(String query, String canonical) {
    try {
      String ours = TraceqlPrinter.print(TraceqlParser.syntax(query));
      String theirs = TraceqlPrinter.print(TraceqlParser.syntax(canonical));
      return ours.equals(theirs) ? "" : "another tree: " + ours + " than " + theirs;
    } catch (TraceqlParseException e) {
      return "canonical form " + canonical + ": " + e.getMessage();
    }
  }
}
