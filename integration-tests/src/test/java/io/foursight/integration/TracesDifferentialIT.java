package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.foursight.integration.NaiveTraces.Call;
import io.foursight.integration.NaiveTraces.Condition;
import io.foursight.integration.NaiveTraces.Query;
import io.foursight.integration.NaiveTraces.Trace;
import io.foursight.model.traces.TraceId;
import io.foursight.wire.traces.TraceIds;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random TraceQL over random traces, whose spans come in pieces and late, answers as [NaiveTraces]
/// does: from the head, from blocks, from both, after a restart and after compaction.
class TracesDifferentialIT {
  private static final int QUERIES = Integer.getInteger("traces.queries", 60);
  private static final Pattern MERGED =
      Pattern.compile("foursight_compactor_merges_total\\{.*signal=\"traces\".*} [1-9].*");
  private static final long SECOND = 1_000_000_000;

  private final long seed = Long.getLong("traces.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final NaiveTraces naive = new NaiveTraces(random);
  private final long end = System.currentTimeMillis() / 60_000 * 60 * SECOND;
  private final long start = end - Duration.ofHours(3).toNanos();

  @Test
  void randomQueries_answerAsTheNaiveModel(@TempDir Path directory) throws Exception {
    try (var server = new FoursightProcess(directory).start();
        var api = new TempoApi(server.url())) {
      push(api, naive.generate(400, start, end));
      compare(api, "head");
      flush(server);
      compare(api, "blocks");
      push(api, naive.generate(200, start, end));
      push(api, naive.late());
      compare(api, "head and blocks");
      flush(server);
      push(api, naive.late());
      server.kill();
      server.start();
      compare(api, "several blocks and a replayed head");
      flush(server);
      server.stop();
      server
          .flag("compactor.compaction-interval", "200ms")
          .flag("compactor.first-level-compaction-wait", "0s")
          .flag("compactor.late-block-wait", "0s");
      server.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> server.get("/metrics").body().lines().anyMatch(MERGED.asMatchPredicate()));
      compare(api, "compacted");
      push(api, naive.late());
      compare(api, "compacted, and a head");
    }
  }

  private static void flush(FoursightProcess server) throws Exception {
    assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
  }

  /// Spans of a trace go in different requests, and some of them twice.
  private void push(TempoApi api, List<Call> calls) throws Exception {
    var shuffled = new ArrayList<>(calls);
    shuffled.addAll(calls.subList(0, calls.size() / 20));
    Collections.shuffle(shuffled, random);
    for (int from = 0; from < shuffled.size(); from += 300) {
      var request = ExportTraceServiceRequest.newBuilder();
      for (Call call : shuffled.subList(from, Math.min(from + 300, shuffled.size()))) {
        request.addResourceSpans(NaiveTraces.otlp(call));
      }
      assertThat(
              api.post("/otlp/v1/traces", "application/x-protobuf", request.build().toByteArray())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  private void compare(TempoApi api, String where) throws Exception {
    int answered = 0;
    for (int i = 0; i < QUERIES; i++) {
      long from = start / SECOND + random.nextInt((int) ((end - start) / SECOND));
      long to = from + 1 + random.nextInt((int) (end / SECOND - from) + 4000);
      answered +=
          switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> search(api, naive.query(), from, to, where);
            case 4, 5 -> counts(api, naive.counted(), from, to, where);
            case 6 -> tagValues(api, from, to, where);
            default -> trace(api, where);
          };
    }
    // A comparison of nothing with nothing proves nothing.
    assertThat(answered).as("queries with an answer, " + where).isGreaterThan(QUERIES / 3);
  }

  private int search(TempoApi api, Query query, long from, long to, String where) throws Exception {
    int limit = random.nextInt(3) == 0 ? 10_000 : 1 + random.nextInt(30);
    Map<TraceId, Long> ages = new HashMap<>();
    Map<TraceId, List<Set<Call>>> sets = new HashMap<>();
    for (Trace trace : naive.traces.values()) {
      List<Set<Call>> left = query.stage().of(trace);
      left.stream()
          .flatMap(Set::stream)
          .filter(call -> call.start() < to * SECOND && call.end() >= from * SECOND)
          .forEach(call -> ages.merge(trace.id, call.start(), Math::max));
      sets.put(trace.id, left);
    }
    List<TraceId> wanted =
        ages.keySet().stream()
            .sorted(
                Comparator.<TraceId>comparingLong(id -> -ages.get(id))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(limit)
            .toList();
    JsonNode answer =
        api.json(
            "/api/search",
            "q",
            query.text(),
            "start",
            "" + from,
            "end",
            "" + to,
            "limit",
            "" + limit,
            "spss",
            "100");
    String what = "seed " + seed + ", " + where + ": " + query.text() + " " + from + " " + to;
    var found = new ArrayList<String>();
    for (JsonNode trace : answer.get("traces")) {
      found.add(trace.get("traceID").asText());
    }
    assertThat(found).as(what).isEqualTo(wanted.stream().map(TraceId::toString).toList());
    for (JsonNode trace : answer.get("traces")) {
      Trace own = naive.traces.get(TraceIds.parse(trace.get("traceID").asText()));
      assertThat(spans(trace.get("spanSets")))
          .as(what + " " + own.id)
          .isEqualTo(sets.get(own.id).stream().map(TracesDifferentialIT::ids).sorted().toList());
      assertThat(trace.path("durationMs").asLong()).as(what).isEqualTo(own.nanos() / 1_000_000);
      assertThat(trace.get("startTimeUnixNano").asLong()).as(what).isEqualTo(own.start());
    }
    return found.isEmpty() ? 0 : 1;
  }

  /// The ids of the spans of each set.
  private static List<String> spans(JsonNode sets) {
    var all = new ArrayList<String>();
    for (JsonNode set : sets) {
      var ids = new TreeSet<String>();
      set.get("spans").forEach(span -> ids.add(span.get("spanID").asText()));
      assertThat(set.get("matched").asInt()).isEqualTo(ids.size());
      all.add(ids.toString());
    }
    all.sort(null);
    return all;
  }

  private static String ids(Set<Call> calls) {
    return calls.stream()
        .map(call -> TraceId.hex(call.id()))
        .collect(Collectors.toCollection(TreeSet::new))
        .toString();
  }

  private int counts(TempoApi api, Query query, long from, long to, String where) throws Exception {
    String text = query.text() + " | count_over_time() by (resource.service.name)";
    Map<String, Double> found = new TreeMap<>();
    for (JsonNode series :
        api.json("/api/metrics/query", "q", text, "start", "" + from, "end", "" + to)
            .get("series")) {
      found.put(
          series.at("/labels/0/value/stringValue").asText(), series.path("value").asDouble(0));
    }
    found.values().removeIf(count -> count == 0);
    Map<String, Double> wanted = naive.counts(query, from * SECOND, to * SECOND);
    assertThat(found).as("seed %d, %s: %s %d %d", seed, where, text, from, to).isEqualTo(wanted);
    return found.isEmpty() ? 0 : 1;
  }

  private int tagValues(TempoApi api, long from, long to, String where) throws Exception {
    Condition one = naive.simple();
    Condition two = naive.simple();
    String query = "{ " + one.text() + " && " + two.text() + " }";
    if (query.contains("traceDuration") || query.contains("nil")) {
      return 0; // what a single span cannot tell, values need not be narrowed by
    }
    var wanted = new TreeSet<String>();
    for (Trace trace : naive.traces.values()) {
      for (Call call : trace.stored) {
        if (call.text() != null
            && call.start() < to * SECOND
            && call.end() >= from * SECOND
            && one.test().test(trace, call)
            && two.test().test(trace, call)) {
          wanted.add(call.text());
        }
      }
    }
    var found = new TreeSet<String>();
    for (JsonNode value :
        api.json("/api/v2/search/tag/span.a/values", "q", query, "start", "" + from, "end", "" + to)
            .get("tagValues")) {
      found.add(value.get("value").asText());
    }
    assertThat(found)
        .as("seed %d, %s: values %s %d %d", seed, where, query, from, to)
        .isEqualTo(wanted);
    return found.isEmpty() ? 0 : 1;
  }

  private int trace(TempoApi api, String where) throws Exception {
    var all = List.copyOf(naive.traces.values());
    Trace trace = all.get(random.nextInt(all.size()));
    var wanted = new ArrayList<Span>();
    trace.stored.forEach(call -> wanted.add(NaiveTraces.otlp(call).getScopeSpans(0).getSpans(0)));
    assertThat(TempoApi.spans(api.trace(trace.id.toString())))
        .as("seed %d, %s: %s", seed, where, trace.id)
        .containsExactlyInAnyOrderElementsOf(wanted);
    return 1;
  }
}
