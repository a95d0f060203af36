package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: replicas are kept so that the loss of a process loses no span and doubles none.
/// Real processes, real signals, real gossip.
@Timeout(300)
class TracesClusterIT {
  private static final int SPANS_A_TRACE = 40;
  private static final int SPANS_A_REQUEST = 10;
  private static final long SPACING_NANOS = 1_000_000;

  private final long startSeconds = System.currentTimeMillis() / 1000 - 600;
  @TempDir private Path directory;

  private static ByteString id(long... parts) {
    var bytes = ByteBuffer.allocate(8 * parts.length);
    for (long part : parts) {
      bytes.putLong(part);
    }
    return ByteString.copyFrom(bytes.array());
  }

  private static String traceId(int trace) {
    return "%016x%016x".formatted(9L, trace + 1L);
  }

  /// Sends spans in order, repeating what is refused, as senders do.
  private final class Writer {
    private final List<String> urls;
    private final AtomicBoolean stop = new AtomicBoolean();
    private Thread thread;
    private volatile int acknowledged;
    private volatile int refused;
    private volatile String lastRefusal = "";

    Writer(List<String> urls) {
      this.urls = urls;
    }

    Writer begin() {
      stop.set(false);
      thread = Thread.startVirtualThread(this::run);
      return this;
    }

    private void run() {
      try (var http = HttpClient.newHttpClient()) {
        for (int turn = 0; !stop.get(); turn++) {
          try {
            var answer = http.send(request(urls.get(turn % urls.size())), BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
              acknowledged += SPANS_A_REQUEST;
            } else {
              refused++;
              lastRefusal = answer.statusCode() + " " + answer.body();
            }
            TimeUnit.MILLISECONDS.sleep(20);
          } catch (IOException e) {
            refused++;
            lastRefusal = e.toString();
          } catch (InterruptedException e) {
            return;
          }
        }
      }
    }

    private HttpRequest request(String url) {
      var scope = ScopeSpans.newBuilder();
      for (int n = acknowledged; n < acknowledged + SPANS_A_REQUEST; n++) {
        long start = startSeconds * 1_000_000_000 + n * SPACING_NANOS;
        scope.addSpans(
            Span.newBuilder()
                .setTraceId(id(9, n / SPANS_A_TRACE + 1L))
                .setSpanId(id(n + 1L))
                .setName("op")
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(start + 1000));
      }
      var request =
          ExportTraceServiceRequest.newBuilder()
              .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
              .build();
      return HttpRequest.newBuilder(URI.create(url + "/otlp/v1/traces"))
          .timeout(Duration.ofSeconds(30))
          .header("content-type", "application/x-protobuf")
          .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
          .build();
    }

    /// Waits until so many more spans are acknowledged.
    void more(int spans) {
      int from = acknowledged;
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged >= from + spans);
    }

    void end() throws InterruptedException {
      stop.set(true);
      thread.join();
    }
  }

  /// Every acknowledged span is there once: by the ids of the traces, by a search, and counted.
  private void verify(String url, int acknowledged) throws Exception {
    int traces = Math.ceilDiv(acknowledged, SPANS_A_TRACE);
    try (var api = new TempoApi(url)) {
      for (int trace = 0; trace < traces; trace++) {
        var wanted = new TreeSet<Long>();
        for (int n = trace * SPANS_A_TRACE;
            n < Math.min(acknowledged, (trace + 1) * SPANS_A_TRACE);
            n++) {
          wanted.add(n + 1L);
        }
        var ids =
            TempoApi.spans(api.trace(traceId(trace))).stream()
                .map(span -> span.getSpanId().asReadOnlyByteBuffer().getLong())
                .toList();
        // A request without an answer may be stored.
        assertThat(ids).as("%s: trace %d", url, trace).doesNotHaveDuplicates().containsAll(wanted);
      }
      String start = "" + (startSeconds - 60);
      String end = "" + (startSeconds + 600);
      JsonNode found =
          api.json(
              "/api/search",
              "q",
              "{ name = \"op\" } | count() > 0",
              "limit",
              "100000",
              "start",
              start,
              "end",
              end);
      int matched = 0;
      for (JsonNode trace : found.path("traces")) {
        matched += trace.at("/spanSets/0/matched").asInt();
      }
      assertThat(found.path("traces").size()).as(url).isGreaterThanOrEqualTo(traces);
      assertThat(matched).as(url).isBetween(acknowledged, acknowledged + SPANS_A_REQUEST);
      JsonNode counted =
          api.json(
              "/api/metrics/query_range",
              "q",
              "{ name = \"op\" } | count_over_time()",
              "step",
              "60",
              "start",
              start,
              "end",
              end);
      double sum = 0;
      for (JsonNode sample : counted.at("/series/0/samples")) {
        sum += sample.path("value").asDouble();
      }
      assertThat((int) sum).as(url).isEqualTo(matched);
    }
  }

  @Test
  void theKillOfOneOfThree_losesNoSpanAndDoublesNone() throws Exception {
    try (var cluster = new ClusterProcesses(directory, List.of("a", "b", "c"))) {
      for (String name : List.of("a", "b", "c")) {
        cluster
            .member(name, "all")
            .flag("ingester.ring.replication-factor", "3")
            .flag("distributor.remote-timeout", "30s");
      }
      cluster.start();
      String a = cluster.get("a").url();
      String b = cluster.get("b").url();
      var writer = new Writer(List.of(a, b)).begin();
      writer.more(200);
      // Some spans of a go to a block, and stay in the heads of the others.
      cluster.get("a").post("/ingester/flush", new byte[0]);
      writer.more(200);
      cluster.get("c").kill();
      writer.more(400);
      writer.end();
      assertThat(writer.refused).as(writer.lastRefusal).isZero();
      verify(a, writer.acknowledged);
      verify(b, writer.acknowledged);
      writer.begin();
      cluster.get("c").start();
      writer.more(200);
      writer.end();
      for (String name : List.of("a", "b", "c")) {
        verify(cluster.get(name).url(), writer.acknowledged);
      }
    }
  }
}
