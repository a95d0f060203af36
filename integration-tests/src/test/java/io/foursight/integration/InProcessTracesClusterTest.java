package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.foursight.cmd.InProcessCluster;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: a cluster must answer about traces as one process does: no span lost, none
/// doubled by its replicas, wherever it lies.
@Timeout(240)
class InProcessTracesClusterTest {
  private static final int TRACES = 45;
  private static final int SPANS = 9;
  private static final String[] SERVICES = {"shop", "cart", "bank"};

  private final long seed = Long.getLong("traces.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final long startSeconds = System.currentTimeMillis() / 1000 - 3 * 3600;
  @TempDir private Path directory;

  private static ByteString id(long... parts) {
    var bytes = ByteBuffer.allocate(8 * parts.length);
    for (long part : parts) {
      bytes.putLong(part);
    }
    return ByteString.copyFrom(bytes.array());
  }

  private static String traceId(int n) {
    return "%016x%016x".formatted(n + 1L, 77L);
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private Span span(int trace, int n) {
    long start = (startSeconds + 10L * trace) * 1_000_000_000 + n * 1_000_000L;
    var span =
        Span.newBuilder()
            .setTraceId(id(trace + 1L, 77))
            .setSpanId(id(100L * trace + n + 1))
            .setName("op" + n % 4)
            .setKindValue(1 + n % 5)
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + (1 + random.nextInt(900)) * 1_000_000L)
            .addAttributes(text("route", "/r" + random.nextInt(5)))
            .setStatus(Status.newBuilder().setCodeValue(random.nextInt(8) == 0 ? 2 : 0));
    if (n > 0) {
      span.setParentSpanId(id(100L * trace + (n - 1) / 2 + 1));
    }
    return span.build();
  }

  /// Some spans of all traces: the pieces of a trace come in several requests.
  private List<byte[]> requests() {
    var requests = new ArrayList<byte[]>();
    for (int part = 0; part < 3; part++) {
      for (int first = 0; first < TRACES; first += 15) {
        var request = ExportTraceServiceRequest.newBuilder();
        for (int service = 0; service < SERVICES.length; service++) {
          var scope = ScopeSpans.newBuilder();
          for (int trace = first; trace < first + 15; trace++) {
            for (int n = part; n < SPANS; n += 3) {
              if ((trace + n) % SERVICES.length == service) {
                scope.addSpans(span(trace, n));
              }
            }
          }
          request.addResourceSpans(
              ResourceSpans.newBuilder()
                  .setResource(
                      Resource.newBuilder().addAttributes(text("service.name", SERVICES[service])))
                  .addScopeSpans(scope));
        }
        requests.add(request.build().toByteArray());
      }
    }
    return requests;
  }

  private static void push(TempoApi to, byte[] request) throws Exception {
    var answer = to.post("/otlp/v1/traces", "application/x-protobuf", request);
    assertThat(answer.statusCode()).as(new String(answer.body())).isEqualTo(200);
    assertThat(answer.body()).as("nothing refused").isEmpty();
  }

  private static void flush(InProcessCluster cluster, String member) throws Exception {
    try (var api = new TempoApi(cluster.url(member))) {
      assertThat(api.post("/ingester/flush?wait=true", "text/plain", new byte[0]).statusCode())
          .isBetween(200, 204);
    }
  }

  private String[] range(String... more) {
    var all = new ArrayList<String>(List.of(more));
    all.addAll(List.of("start", "" + (startSeconds - 60), "end", "" + (startSeconds + 3600)));
    return all.toArray(new String[0]);
  }

  /// Without what it cost; span sets and spans have no order of their own.
  private static String answer(JsonNode node) {
    ((ObjectNode) node).remove("metrics");
    for (JsonNode trace : node.path("traces")) {
      ((ObjectNode) trace).remove("spanSet");
      for (JsonNode set : trace.path("spanSets")) {
        sort((ArrayNode) set.path("spans"));
      }
      sort((ArrayNode) trace.path("spanSets"));
    }
    return node.toString();
  }

  private static void sort(ArrayNode list) {
    var items = new ArrayList<JsonNode>();
    list.forEach(items::add);
    items.sort(Comparator.comparing(JsonNode::toString));
    list.removeAll().addAll(items);
  }

  private void sameAnswers(TempoApi one, TempoApi many) throws Exception {
    for (String query :
        List.of(
            "{}",
            "{ status = error }",
            "{ resource.service.name = \"shop\" && duration > 300ms }",
            "{ name =~ \"op[12]\" && span.route != \"/r1\" }",
            "{ resource.service.name = \"shop\" } >> { status = error }",
            "{ kind = server } | count() > 1 | by(resource.service.name)",
            "{ span.route = \"/r2\" } | select(span.route, name)",
            "{ trace:id = \"" + traceId(7) + "\" }")) {
      for (String limit : query.equals("{}") ? List.of("5", "100") : List.of("100")) {
        String[] asked = range("q", query, "limit", limit, "spss", "20");
        assertThat(answer(many.json("/api/search", asked)))
            .as("seed %d: %s, limit %s", seed, query, limit)
            .isEqualTo(answer(one.json("/api/search", asked)));
      }
    }
    for (String query :
        List.of(
            "{} | rate()",
            "{} | count_over_time() by (resource.service.name)",
            "{} | quantile_over_time(duration, .5, .9) by (name)",
            "{ status = error } | histogram_over_time(duration)",
            "{} >> { kind = client } | rate() by (span.route)",
            "{} | compare({ status = error })")) {
      String[] asked = range("q", query, "step", "60", "exemplars", "0");
      assertThat(answer(many.json("/api/metrics/query_range", asked)))
          .as("seed %d: %s", seed, query)
          .isEqualTo(answer(one.json("/api/metrics/query_range", asked)));
    }
    for (String path :
        List.of(
            "/api/v2/search/tags",
            "/api/v2/search/tag/resource.service.name/values",
            "/api/v2/search/tag/span.route/values",
            "/api/v2/search/tag/name/values")) {
      assertThat(sorted(many.json(path, range())))
          .as("seed %d: %s", seed, path)
          .isEqualTo(sorted(one.json(path, range())));
    }
    for (int trace = 0; trace < TRACES; trace += 7) {
      assertThat(spans(many, trace))
          .as("trace %d", trace)
          .isEqualTo(spans(one, trace))
          .hasSize(SPANS);
    }
    assertThat(many.trace("0abc").getResourceSpansCount()).isZero();
  }

  private static List<Span> spans(TempoApi api, int trace) throws Exception {
    return TempoApi.spans(api.trace(traceId(trace))).stream()
        .sorted(Comparator.comparingLong(s -> s.getSpanId().asReadOnlyByteBuffer().getLong()))
        .toList();
  }

  private static List<String> sorted(JsonNode node) {
    var all = new ArrayList<String>();
    for (JsonNode list : List.of(node.path("scopes"), node.path("tagValues"))) {
      list.forEach(item -> all.add(item.toString()));
    }
    assertThat(all).isNotEmpty();
    return all.stream().sorted().toList();
  }

  /// Every component by itself: queriers pull from the frontend, ingesters lie in three zones.
  @Test
  void singleComponents_answerAsOneProcess_alsoWithoutAZoneAQuerierAndAGateway() throws Exception {
    List<byte[]> requests = requests();
    try (var cluster =
            new InProcessCluster(
                directory.resolve("cluster"),
                "-ingester.ring.replication-factor=3",
                "-ingester.ring.zone-awareness-enabled=true",
                "-ingester.flush-check-interval=500ms",
                "-distributor.remote-timeout=30s");
        var single =
            new InProcessCluster(
                directory.resolve("alone"), "-ingester.ring.replication-factor=1")) {
      single.start("one", "all");
      for (String zone : List.of("a", "b", "c")) {
        cluster.start(
            "ingester-" + zone, "ingester", "-ingester.ring.instance-availability-zone=" + zone);
      }
      cluster.start("distributor", "distributor");
      cluster.start("gateway-1", "store-gateway").start("gateway-2", "store-gateway");
      cluster.start("frontend", "query-frontend");
      for (String querier : List.of("querier-1", "querier-2")) {
        cluster.start(
            querier, "querier", "-querier.frontend-address=" + cluster.internal("frontend"));
      }
      try (var one = new TempoApi(single.url("one"));
          var write = new TempoApi(cluster.url("distributor"));
          var read = new TempoApi(cluster.url("frontend"))) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> read.get("/ready").statusCode() == 200);
        for (int i = 0; i < requests.size(); i++) {
          push(one, requests.get(i));
          // Every second one is sent twice, as senders do after a lost answer.
          for (int times = 0; times <= i % 2; times++) {
            push(write, requests.get(i));
          }
          if (i == requests.size() / 2) {
            flush(cluster, "ingester-b");
          }
        }
        sameAnswers(one, read);
        for (String zone : List.of("a", "b", "c")) {
          flush(cluster, "ingester-" + zone);
        }
        sameAnswers(one, read);
        push(one, requests.getFirst());
        push(write, requests.getFirst());
        cluster.stop("ingester-c");
        cluster.stop("querier-1");
        cluster.stop("gateway-1");
        sameAnswers(one, read);
      }
    }
  }
}
