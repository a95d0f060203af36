package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why it matters: an acknowledged span must survive `kill -9` at any instant, flushes included,
/// must not come back twice, and what was flushed must outlive the local disk.
class TracesDurabilityIT {
  private static final int WRITERS = 4;
  private static final int SPANS_A_TRACE = 5000;
  private static final long SPACING_NANOS = 1_000_000;

  /// One sender with traces of its own: span n has id `n + 1` and starts at `start + n * spacing`.
  private static final class Writer extends KillNine.Sender {
    final long number;
    final long start;

    Writer(int id, long start) {
      super("w" + id);
      this.number = id + 1L;
      this.start = start;
    }

    @Override
    HttpRequest.Builder request(FoursightProcess server, int first, int end) {
      return push(server, number, start, SPACING_NANOS, first, end);
    }
  }

  private static ByteString id(long... parts) {
    var bytes = ByteBuffer.allocate(8 * parts.length);
    for (long part : parts) {
      bytes.putLong(part);
    }
    return ByteString.copyFrom(bytes.array());
  }

  private static HttpRequest.Builder push(
      FoursightProcess server, long writer, long start, long spacing, int first, int end) {
    var scope = ScopeSpans.newBuilder();
    for (int n = first; n < end; n++) {
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(id(writer, n / SPANS_A_TRACE + 1))
              .setSpanId(id(n + 1))
              .setName("op")
              .setStartTimeUnixNano(start + n * spacing)
              .setEndTimeUnixNano(start + n * spacing + 1000)
              .addAttributes(
                  KeyValue.newBuilder()
                      .setKey("n")
                      .setValue(AnyValue.newBuilder().setIntValue(n % 7))));
    }
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope));
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.otlpHttpPort() + "/v1/traces"))
        .header("content-type", "application/x-protobuf")
        .POST(HttpRequest.BodyPublishers.ofByteArray(request.build().toByteArray()));
  }

  @Test
  void acknowledgedSpans_surviveKillsAtRandomInstants(@TempDir Path directory) throws Exception {
    long start = (System.currentTimeMillis() - Duration.ofHours(5).toMillis()) * 1_000_000;
    var writers = new ArrayList<Writer>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i, start));
    }
    // Blocks are merged as soon as there are two, so that kills meet every step of that as well.
    KillNine.run(
        directory,
        10,
        server ->
            server
                .flag("compactor.compaction-interval", "50ms")
                .flag("compactor.first-level-compaction-wait", "0s")
                .flag("compactor.late-block-wait", "0s"),
        writers,
        (server, writer, what) -> {
          var counts = read(server, writer.number, writer.start, SPACING_NANOS, writer.sent());
          for (int n = 0; n < writer.sent(); n++) {
            int times = counts.getOrDefault(n, 0);
            if (writer.isAcknowledged(n)) {
              assertThat(times).as("%s: acknowledged span %d", what, n).isEqualTo(1);
            } else {
              assertThat(times).as("%s: span %d without an answer", what, n).isLessThanOrEqualTo(1);
            }
          }
        });
  }

  /// How often each span comes, trace by trace.
  private static TreeMap<Integer, Integer> read(
      FoursightProcess server, long writer, long start, long spacing, int sent) throws Exception {
    var counts = new TreeMap<Integer, Integer>();
    try (var http = HttpClient.newHttpClient()) {
      for (int trace = 1; (trace - 1) * SPANS_A_TRACE < sent; trace++) {
        var request =
            HttpRequest.newBuilder(
                    URI.create("%s/api/traces/%016x%016x".formatted(server.url(), writer, trace)))
                .header("accept", "application/protobuf")
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() == 404) {
          continue;
        }
        assertThat(answer.statusCode()).as(new String(answer.body())).isEqualTo(200);
        for (ResourceSpans resource : TracesData.parseFrom(answer.body()).getResourceSpansList()) {
          for (ScopeSpans scope : resource.getScopeSpansList()) {
            for (Span span : scope.getSpansList()) {
              int n = (int) span.getSpanId().asReadOnlyByteBuffer().getLong() - 1;
              assertThat(span.getStartTimeUnixNano()).isEqualTo(start + n * spacing);
              counts.merge(n, 1, Integer::sum);
            }
          }
        }
      }
    }
    return counts;
  }

  private static void pushAll(
      FoursightProcess server, long writer, long start, long spacing, int spans) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              push(server, writer, start, spacing, 0, spans).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  private static void flush(FoursightProcess server) throws Exception {
    assertThat(server.post("/ingester/flush?wait=true", new byte[0]).statusCode()).isIn(200, 204);
  }

  @Test
  void flushedSpans_areAnsweredAfterTheDataDirectoryIsGone(@TempDir Path directory)
      throws Exception {
    int spans = 7000;
    long start = (System.currentTimeMillis() - 3_600_000) * 1_000_000;
    try (var s3 = new S3Server(directory.resolve("s3")).start();
        var server = s3.configure(new FoursightProcess(directory.resolve("server"))).start()) {
      pushAll(server, 1, start, SPACING_NANOS, spans);
      flush(server);
      server.stop();
      server.deleteData();
      server.start();
      assertThat(read(server, 1, start, SPACING_NANOS, spans)).hasSize(spans);

      // The store is away: writes go on and nothing acknowledged is lost.
      s3.stop();
      server.post("/ingester/flush", new byte[0]);
      pushAll(server, 2, start, SPACING_NANOS, spans);
      server.kill();
      s3.start();
      server.start();
      flush(server);
      for (long writer : List.of(1L, 2L)) {
        var counts = read(server, writer, start, SPACING_NANOS, spans);
        assertThat(counts).hasSize(spans);
        assertThat(counts.values()).containsOnly(1);
      }
    }
  }

  /// A trace that goes on for weeks lies in pieces, in heads and in blocks, and comes back whole.
  @Test
  void aTraceOverManyDays_comesBackWhole_fromHeadsAndBlocks(@TempDir Path directory)
      throws Exception {
    int spans = 500;
    long spacing = Duration.ofHours(1).toNanos();
    long start = System.currentTimeMillis() * 1_000_000 - spans * spacing;
    try (var server = new FoursightProcess(directory).start()) {
      pushAll(server, 1, start, spacing, spans);
      assertThat(read(server, 1, start, spacing, spans)).hasSize(spans);
      flush(server);
      // Once more, as a sender does who has not heard our answer: some pieces are in blocks now.
      pushAll(server, 1, start, spacing, spans);
      var counts = read(server, 1, start, spacing, spans);
      assertThat(counts).hasSize(spans);
      assertThat(counts.values()).containsOnly(1);
      flush(server);
      assertThat(read(server, 1, start, spacing, spans).values()).hasSize(spans).containsOnly(1);
    }
  }
}
