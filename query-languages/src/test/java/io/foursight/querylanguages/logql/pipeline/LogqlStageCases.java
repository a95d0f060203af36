package io.foursight.querylanguages.logql.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.Labels;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One line through one pipeline (`logql-stages.json` of the conformance data). An empty label
/// value counts as absent; details of errors are compared by presence.
public final class LogqlStageCases {
  /// @param failures one line per failing case
  public record Outcome(int passed, int total, List<String> failures) {}

  private LogqlStageCases() {}

  public static Outcome run(Path directory) throws IOException {
    var failures = new ArrayList<String>();
    int total = 0;
    for (var node : new ObjectMapper().readTree(directory.resolve("logql-stages.json").toFile())) {
      total++;
      String problem = problem(node);
      if (!problem.isEmpty()) {
        failures.add(
            "stage case "
                + node.get("name").asText()
                + " `"
                + node.get("pipeline").asText()
                + "` on `"
                + node.get("line").asText()
                + "`: "
                + problem);
      }
    }
    return new Outcome(total - failures.size(), total, failures);
  }

  private static String problem(JsonNode node) {
    try {
      var query = LogqlParser.parseLogQuery("{a=\"b\"} " + node.get("pipeline").asText());
      var run = Pipeline.compile(query.stages(), () -> Instant.EPOCH).startUnfiltered();
      long ts = node.has("ts_ns") ? Long.parseLong(node.get("ts_ns").asText()) : 0;
      byte[] line = node.get("line").asText().getBytes(StandardCharsets.UTF_8);
      boolean kept =
          run.entry(
              Labels.of(map(node.get("labels"))),
              Labels.of(map(node.path("structured_metadata"))),
              ts,
              line);
      JsonNode expect = node.get("expect");
      if (kept != expect.get("kept").asBoolean()) {
        return kept ? "must be dropped" : "must be kept";
      }
      return kept ? difference(run, expect) : "";
    } catch (RuntimeException e) {
      return e.toString();
    }
  }

  private static String difference(PipelineRun run, JsonNode expect) {
    String line =
        new String(run.line(), run.lineOffset(), run.lineLength(), StandardCharsets.UTF_8);
    if (expect.has("line") && !expect.get("line").asText().equals(line)) {
      return "line `" + line + "` instead of `" + expect.get("line").asText() + "`";
    }
    if (!expect.has("labels") || expect.get("labels").isNull()) {
      return "";
    }
    Map<String, String> wanted = map(expect.get("labels"));
    wanted.values().removeIf(String::isEmpty);
    Map<String, String> got = new TreeMap<>(run.labels().all().toMap());
    got.values().removeIf(String::isEmpty);
    wanted.computeIfPresent(EntryLabels.ERROR_DETAILS, (k, v) -> "*");
    got.computeIfPresent(EntryLabels.ERROR_DETAILS, (k, v) -> "*");
    return wanted.equals(got) ? "" : "labels " + got + " instead of " + wanted;
  }

  private static Map<String, String> map(JsonNode node) {
    var map = new TreeMap<String, String>();
    node.properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
    return map;
  }
}
