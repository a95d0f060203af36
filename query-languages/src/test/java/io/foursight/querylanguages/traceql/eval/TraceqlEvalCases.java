package io.foursight.querylanguages.traceql.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.FoundTrace;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.model.traces.TracesSeries;
import io.foursight.querylanguages.traceql.parse.TraceqlParseCases.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Tempo's small traces with queries over them (`traceql-eval.json` of the conformance data).
final class TraceqlEvalCases {
  private static final TenantId TENANT = TenantId.ANONYMOUS;
  private static final double TOLERANCE = 1e-6;

  private final JsonNode file;

  private TraceqlEvalCases(JsonNode file) {
    this.file = file;
  }

  static Outcome run(Path directory) throws IOException {
    var cases =
        new TraceqlEvalCases(
            new ObjectMapper().readTree(directory.resolve("traceql-eval.json").toFile()));
    var failures = new ArrayList<String>();
    int total = 0;
    for (var each : cases.file.get("cases")) {
      total++;
      String problem = cases.problem(each);
      if (!problem.isEmpty()) {
        failures.add(
            each.get("id").asText()
                + (each.path("optional").asBoolean() ? " (optional) " : " ")
                + each.get("query").asText()
                + ": "
                + problem);
      }
    }
    return new Outcome(total - failures.size(), total, failures);
  }

  private String problem(JsonNode each) {
    var source = new MemoryTraces(3);
    var keys = new TreeMap<TraceId, String>();
    for (var key : each.get("traces")) {
      List<MemorySpan> spans =
          key.asText().equals("@metrics")
              ? MetricsFixture.spans()
              : OtlpSpans.read(file.get("traces").get(key.asText()));
      spans.forEach(source::add);
      keys.put(spans.getFirst().traceId(), key.asText());
    }
    String query = each.get("query").asText();
    JsonNode expect = each.get("expect");
    try {
      var engine = new TraceqlEngine(source);
      if (each.get("kind").asText().equals("metrics")) {
        var metrics =
            new Metrics(
                List.of(TENANT),
                query,
                1,
                50_000_000_000L,
                15_000_000_000L,
                0,
                0,
                QueryBudget.unlimited());
        return series(expect, engine.metrics(metrics).series());
      }
      var search =
          new Search(List.of(TENANT), query, 0, Long.MAX_VALUE, 100, 100, QueryBudget.unlimited());
      return spans(expect, engine.search(search, f -> {}).traces(), keys);
    } catch (FoursightException e) {
      return expect.has("error") ? "" : e.getMessage();
    }
  }

  private static String spans(JsonNode expect, List<FoundTrace> found, Map<TraceId, String> keys) {
    var all = new ArrayList<String>();
    for (FoundTrace trace : found) {
      trace.spanSets().forEach(set -> set.spans().forEach(s -> all.add(TraceId.hex(s.id()))));
    }
    if (expect.has("error")) {
      return "must fail, found " + found;
    }
    if (expect.has("match") && expect.get("match").asBoolean() == found.isEmpty()) {
      return "found " + found;
    }
    if (expect.has("contains_span") && !all.contains(expect.get("contains_span").asText())) {
      return "found " + found;
    }
    if (expect.has("excludes_span") && all.contains(expect.get("excludes_span").asText())) {
      return "found " + found;
    }
    return expect.has("traces") ? sets(expect.get("traces"), found, keys) : "";
  }

  private static String sets(JsonNode expected, List<FoundTrace> found, Map<TraceId, String> keys) {
    var wanted = new ArrayList<String>();
    var attributes = new TreeMap<String, JsonNode>();
    for (var trace : expected) {
      for (var set : trace.get("spansets")) {
        var ids = new ArrayList<String>();
        set.get("spans").forEach(id -> ids.add(id.asText()));
        String text = trace.get("trace").asText() + ids;
        wanted.add(text);
        attributes.put(text, set.path("attributes"));
      }
    }
    var got = new ArrayList<String>();
    for (FoundTrace trace : found) {
      for (FoundTrace.SpanSet set : trace.spanSets()) {
        var ids = set.spans().stream().map(s -> TraceId.hex(s.id())).sorted().toList();
        String text = keys.get(trace.id()) + ids;
        got.add(text);
        if (attributes.containsKey(text) && !hasAll(attributes.get(text), set)) {
          return text + " expected " + attributes.get(text) + ", has " + set.attributes();
        }
      }
    }
    wanted.sort(null);
    got.sort(null);
    return wanted.equals(got) ? "" : "expected " + wanted + " found " + got;
  }

  private static boolean hasAll(JsonNode attributes, FoundTrace.SpanSet set) {
    for (var e : attributes.properties()) {
      boolean has =
          set.attributes().stream()
              .anyMatch(a ->
                  a.key().equals(e.getKey()) && plain(a.value()).equals(e.getValue().asText()));
      if (!has) {
        return false;
      }
    }
    return true;
  }

  private static String plain(SpanValue value) {
    return switch (value) {
      case SpanValue.Text(String v) -> v;
      case SpanValue.Int(long v) -> Long.toString(v);
      case SpanValue.Duration(long v) -> Long.toString(v);
      case SpanValue.Decimal(double v) -> Double.toString(v);
      case SpanValue.Nil _ -> "nil";
      default -> value.toString();
    };
  }

  private static String series(JsonNode expect, List<TracesSeries> found) {
    if (expect.has("error")) {
      return "must fail";
    }
    var got = new TreeMap<String, TracesSeries>();
    found.forEach(s ->
        got.put(
            s.labels().stream()
                .map(l -> l.key() + "=" + plain(l.value()))
                .sorted()
                .toList()
                .toString(),
            s));
    for (var series : expect.get("series")) {
      var labels = new ArrayList<String>();
      for (var label : series.get("labels")) {
        labels.add(label.get("key").asText() + "=" + label.get("value").elements().next().asText());
      }
      labels.sort(null);
      var own = got.remove(labels.toString());
      if (own == null) {
        return "no series " + labels + " in " + got.keySet();
      }
      String problem = samples(series.get("samples"), own);
      if (!problem.isEmpty()) {
        return labels + " " + problem;
      }
    }
    return got.isEmpty() ? "" : "also found " + got.keySet();
  }

  private static String samples(JsonNode expected, TracesSeries found) {
    var got = new ArrayList<String>();
    for (int i = 0; i < found.values().length; i++) {
      got.add(found.timestampsMillis()[i] + ":" + found.values()[i]);
    }
    if (expected.size() != got.size()) {
      return "expected " + expected + " found " + got;
    }
    for (int i = 0; i < expected.size(); i++) {
      double want = expected.get(i).get(1).asDouble();
      double has = found.values()[i];
      boolean equal = Math.abs(want - has) <= TOLERANCE * Math.max(1e-9, Math.abs(want));
      if (!equal || expected.get(i).get(0).asLong() != found.timestampsMillis()[i]) {
        return "expected " + expected + " found " + got;
      }
    }
    return "";
  }
}
