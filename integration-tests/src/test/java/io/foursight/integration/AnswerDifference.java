package io.foursight.integration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Where two answers of the Prometheus API differ: status, kind of error, type, series, times,
/// values. Values may differ by what the order of additions changes.
final class AnswerDifference {
  private static final double TOLERANCE = 1e-9;

  private AnswerDifference() {}

  /// Empty when the answers agree.
  static String between(PrometheusApi.Answer expected, PrometheusApi.Answer actual) {
    if (expected.status() != actual.status()) {
      return "status "
          + expected.status()
          + " vs ours "
          + actual.status()
          + ": "
          + expected.json().path("error").asText()
          + " vs "
          + actual.json().path("error").asText();
    }
    if (!expected.isSuccess()) {
      String a = expected.json().path("errorType").asText();
      String b = actual.json().path("errorType").asText();
      return a.equals(b) ? "" : "error type " + a + " vs ours " + b;
    }
    String type = expected.json().path("data").path("resultType").asText();
    if (!type.equals(actual.json().path("data").path("resultType").asText())) {
      return "type " + type + " vs ours " + actual.json().path("data");
    }
    if (!type.equals("vector") && !type.equals("matrix")) {
      return same(expected.result().path(1), actual.result().path(1))
          ? ""
          : expected.result() + " vs ours " + actual.result();
    }
    Map<String, JsonNode> a = byLabels(expected.result());
    Map<String, JsonNode> b = byLabels(actual.result());
    if (!a.keySet().equals(b.keySet())) {
      return "series " + a.keySet() + " vs ours " + b.keySet();
    }
    for (var entry : a.entrySet()) {
      JsonNode left = entry.getValue();
      JsonNode right = b.get(entry.getKey());
      String field = type.equals("vector") ? "value" : "values";
      List<JsonNode> lefts = samples(left.path(field), type);
      List<JsonNode> rights = samples(right.path(field), type);
      if (lefts.size() != rights.size()) {
        return entry.getKey() + ": " + lefts.size() + " samples vs ours " + rights.size();
      }
      for (int i = 0; i < lefts.size(); i++) {
        if (lefts.get(i).get(0).asDouble() != rights.get(i).get(0).asDouble()
            || !same(lefts.get(i).get(1), rights.get(i).get(1))) {
          return entry.getKey() + ": " + lefts.get(i) + " vs ours " + rights.get(i);
        }
      }
    }
    return "";
  }

  private static List<JsonNode> samples(JsonNode node, String type) {
    if (type.equals("vector")) {
      return List.of(node);
    }
    var all = new ArrayList<JsonNode>();
    node.forEach(all::add);
    return all;
  }

  private static Map<String, JsonNode> byLabels(JsonNode result) {
    var map = new TreeMap<String, JsonNode>();
    for (JsonNode series : result) {
      var labels = new TreeMap<String, String>();
      series
          .path("metric")
          .properties()
          .forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
      map.put(labels.toString(), series);
    }
    return map;
  }

  private static boolean same(JsonNode a, JsonNode b) {
    if (a.asText().equals(b.asText())) {
      return true;
    }
    double x = parse(a.asText());
    double y = parse(b.asText());
    return x == y
        || Double.isNaN(x) && Double.isNaN(y)
        || Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y))
        || Math.abs(x - y) < 1e-9;
  }

  private static double parse(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
