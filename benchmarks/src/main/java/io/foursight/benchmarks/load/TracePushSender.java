package io.foursight.benchmarks.load;

import io.foursight.benchmarks.storage.TraceGenerator.Generated;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Sends a workload as OTLP protobuf over HTTP from several threads, each with its share of the
/// lanes, with retries on 5xx and 429. A request has the spans of several traces by resource, as a
/// collector batches them.
final class TracePushSender {
  private static final int MAX_ATTEMPTS = 50;

  private final TraceWorkload workload;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;
  private final String tenant;
  private final int batchSpans;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong spans = new AtomicLong();
  private final AtomicLong traces = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  TracePushSender(TraceWorkload workload, String url, String tenant, int batchSpans) {
    this.workload = workload;
    this.url = URI.create(url);
    this.tenant = tenant;
    this.batchSpans = batchSpans;
  }

  /// Of request bodies.
  long bytes() {
    return bytes.get();
  }

  long spans() {
    return spans.get();
  }

  long traces() {
    return traces.get();
  }

  long refused() {
    return refused.get();
  }

  /// Sends everything; returns when that is done.
  void run(int senders) throws InterruptedException {
    List<TraceWorkload.Lane> lanes = workload.lanes();
    var threads = new ArrayList<Thread>();
    for (int s = 0; s < senders; s++) {
      var share = new ArrayList<TraceWorkload.Lane>();
      for (int i = s; i < lanes.size(); i += senders) {
        share.add(lanes.get(i));
      }
      threads.add(Thread.ofPlatform().name("sender-" + s).start(() -> share.forEach(this::send)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void send(TraceWorkload.Lane lane) {
    var waiting = new ArrayList<Generated>();
    try {
      for (List<Generated> trace = lane.next(); !trace.isEmpty(); trace = lane.next()) {
        traces.incrementAndGet();
        waiting.addAll(trace);
        if (waiting.size() >= batchSpans) {
          post(request(lane, waiting), waiting.size());
          waiting.clear();
        }
      }
      if (!waiting.isEmpty()) {
        post(request(lane, waiting), waiting.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] request(TraceWorkload.Lane lane, List<Generated> spans) {
    Map<Integer, ScopeSpans.Builder> scopes = new TreeMap<>();
    for (Generated one : spans) {
      scopes
          .computeIfAbsent(
              one.origin(), o -> ScopeSpans.newBuilder().setScope(lane.generator().scope()))
          .addSpans(one.span());
    }
    var request = ExportTraceServiceRequest.newBuilder();
    scopes.forEach((origin, scope) ->
        request.addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(lane.generator().resources().get(origin))
                .addScopeSpans(scope)));
    return request.build().toByteArray();
  }

  private void post(byte[] body, int count) throws IOException, InterruptedException {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      var request =
          HttpRequest.newBuilder(url)
              .timeout(Duration.ofSeconds(60))
              .header("Content-Type", "application/x-protobuf")
              .POST(HttpRequest.BodyPublishers.ofByteArray(body));
      if (!tenant.isEmpty()) {
        request.header("X-Scope-OrgID", tenant);
      }
      try {
        var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 200) {
          bytes.addAndGet(body.length);
          spans.addAndGet(count);
          return;
        }
        if (response.statusCode() / 100 == 4 && response.statusCode() != 429) {
          if (refused.getAndAdd(count) == 0) {
            System.err.println("refused: " + response.statusCode() + " " + response.body());
          }
          return;
        }
        if (attempt == 0) {
          System.err.println("retrying: " + response.statusCode() + " " + response.body());
        }
      } catch (IOException e) {
        if (attempt == 0) {
          System.err.println("retrying: " + e);
        }
      }
      TimeUnit.MILLISECONDS.sleep(Math.min(2000, 20L << Math.min(attempt, 7)));
    }
    refused.addAndGet(count);
  }
}
