package io.foursight.querylanguages.logql.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import io.foursight.model.logs.LogsQueryResult.Scalar;
import io.foursight.model.logs.LogsQueryResult.Value;
import io.foursight.model.logs.LogsQueryResult.Vector;
import io.foursight.model.logs.LogsQueryRunner.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// `logql-eval.json`: sections that load entries and evaluate metric queries, as its README says.
final class LogqlEvalCases {
  private static final long MILLI = 1_000_000;

  record Outcome(int passed, int total, List<String> failures) {}

  private LogqlEvalCases() {}

  static Outcome run(Path directory) throws IOException {
    var failures = new ArrayList<String>();
    int total = 0;
    JsonNode sections = new ObjectMapper().readTree(directory.resolve("logql-eval.json").toFile());
    for (JsonNode section : sections) {
      var store = new MemoryLogs(3);
      for (JsonNode step : section.get("steps")) {
        if (step.has("load")) {
          step.get("load").forEach(entry -> load(store, entry));
        } else {
          total++;
          String problem = problem(store, step.get("eval"));
          if (!problem.isEmpty()) {
            JsonNode eval = step.get("eval");
            failures.add(
                section.get("name").asText()
                    + " "
                    + eval.get("type").asText()
                    + " "
                    + eval.get("query").asText()
                    + ": "
                    + problem);
          }
        }
      }
    }
    return new Outcome(total - failures.size(), total, failures);
  }

  private static Labels labels(JsonNode node) {
    Map<String, String> map = new TreeMap<>();
    if (node != null) {
      node.fields().forEachRemaining(f -> map.put(f.getKey(), f.getValue().asText()));
    }
    // Empty values are labels, too.
    return Labels.ofSorted(
        map.entrySet().stream()
            .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
            .toArray(String[]::new));
  }

  private static void load(MemoryLogs store, JsonNode entry) {
    int count = entry.has("count") ? entry.get("count").asInt() : 1;
    long every = entry.has("every_ms") ? entry.get("every_ms").asLong() : 0;
    for (int i = 0; i < count; i++) {
      store.add(
          Labels.of(labels(entry.get("stream")).toMap()),
          (entry.get("at_ms").asLong() + i * every) * MILLI,
          entry.get("line").asText().replace("{{.i}}", Integer.toString(i)),
          labels(entry.get("metadata")));
    }
  }

  private static String problem(MemoryLogs store, JsonNode eval) {
    boolean instant = eval.get("type").asText().equals("instant");
    long start = eval.get(instant ? "time_ms" : "start_ms").asLong() * MILLI;
    long end = instant ? start : eval.get("end_ms").asLong() * MILLI;
    long step = instant ? 0 : eval.get("step_ms").asLong() * MILLI;
    JsonNode expect = eval.get("expect");
    Value value;
    try {
      var request =
          new Request(
              List.of(TenantId.ANONYMOUS),
              eval.get("query").asText(),
              start,
              end,
              step,
              0,
              100,
              Direction.BACKWARD,
              0,
              false,
              QueryBudget.unlimited());
      value = new LogqlEngine(store).run(request).value();
    } catch (FoursightException e) {
      if (!expect.path("fail").asBoolean()) {
        return "failed: " + e;
      }
      String kind = expect.path("error_kind").asText("");
      return e.getMessage().contains(kind) ? "" : "error without " + kind + ": " + e.getMessage();
    } catch (RuntimeException e) {
      return "broke: " + e + " at " + e.getStackTrace()[0];
    }
    if (expect.path("fail").asBoolean()) {
      return "did not fail: " + value;
    }
    if (expect.has("scalar")) {
      return value instanceof Scalar scalar && same(number(expect.get("scalar")), scalar.value())
          ? ""
          : "scalar " + expect.get("scalar") + " but " + value;
    }
    return compare(expect, value, instant, start, end, step);
  }

  private static double number(JsonNode node) {
    return switch (node.asText()) {
      case "NaN" -> Double.NaN;
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> node.asDouble();
    };
  }

  private static boolean same(double expected, double actual) {
    return Double.compare(expected, actual) == 0
        || expected == actual
        || Math.abs(expected - actual) <= 1e-6 * Math.max(Math.abs(expected), Math.abs(actual));
  }

  private static String compare(
      JsonNode expect, Value value, boolean instant, long start, long end, long step) {
    var actual = new LinkedHashMap<Labels, Map<Long, Double>>();
    switch (value) {
      case Vector v -> v.samples().forEach(s -> actual.put(s.labels(), Map.of(start, s.value())));
      case Matrix m ->
          m.series()
              .forEach(s -> {
                Map<Long, Double> points = new TreeMap<>();
                for (int i = 0; i < s.values().length; i++) {
                  points.put(s.timestampsNanos()[i], s.values()[i]);
                }
                actual.put(s.labels(), points);
              });
      default -> {
        return "neither vector nor matrix: " + value;
      }
    }
    var expected = new LinkedHashMap<Labels, Map<Long, Double>>();
    for (JsonNode series : expect.get("series")) {
      Map<Long, Double> points = new TreeMap<>();
      if (instant) {
        points.put(start, number(series.get("value")));
      } else {
        int i = 0;
        for (JsonNode point : series.get("values")) {
          if (!point.isNull()) {
            points.put(start + i * step, number(point));
          }
          i++;
        }
      }
      expected.put(labels(series.get("labels")), points);
    }
    if (!expected.keySet().equals(actual.keySet())
        || (expect.path("ordered").asBoolean()
            && !List.copyOf(expected.keySet()).equals(List.copyOf(actual.keySet())))) {
      return "expected " + expected + " but got " + actual;
    }
    for (var series : expected.entrySet()) {
      Map<Long, Double> points = actual.get(series.getKey());
      boolean equal = points.keySet().equals(series.getValue().keySet());
      for (var point : series.getValue().entrySet()) {
        equal = equal && same(point.getValue(), points.get(point.getKey()));
      }
      if (!equal) {
        return "expected " + series + " but got " + points;
      }
    }
    return "";
  }
}
