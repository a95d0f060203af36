package io.foursight.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.xerial.snappy.Snappy;

/// Sends a workload to a Loki push endpoint, as JSON or as snappy protobuf, from several threads,
/// each with its share of the streams in the order of time, with retries on 5xx and 429.
final class LogPushSender {
  private static final int MAX_ATTEMPTS = 50;

  private final LogWorkload workload;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;
  private final String tenant;
  private final boolean protobuf;
  private final int batchBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  LogPushSender(LogWorkload workload, String url, String tenant, boolean protobuf, int batchBytes) {
    this.workload = workload;
    this.url = URI.create(url);
    this.tenant = tenant;
    this.protobuf = protobuf;
    this.batchBytes = batchBytes;
  }

  long bytes() {
    return bytes.get();
  }

  long lines() {
    return lines.get();
  }

  long refused() {
    return refused.get();
  }

  /// Sends all entries before `endNanos`; returns when that is done.
  void run(int senders, long startNanos, long endNanos) throws InterruptedException {
    List<LogWorkload.Stream> all = workload.streams();
    var threads = new ArrayList<Thread>();
    for (int s = 0; s < senders; s++) {
      var share = new ArrayList<LogWorkload.Stream>();
      for (int i = s; i < all.size(); i += senders) {
        share.add(all.get(i));
      }
      threads.add(
          Thread.ofPlatform().name("sender-" + s).start(() -> send(share, startNanos, endNanos)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /// Slices of time as long as fill about one request.
  private void send(List<LogWorkload.Stream> share, long startNanos, long endNanos) {
    var lineText = new LogText();
    var values = new LogText();
    var body = new LogText();
    long slice = 1_000_000_000L;
    try {
      for (long from = startNanos; from < endNanos; ) {
        long to = Math.min(endNanos, from + slice);
        body.clear();
        long rawBytes = 0;
        long count = 0;
        for (LogWorkload.Stream stream : share) {
          values.clear();
          while (stream.time() < to) {
            long time = stream.time();
            lineText.clear();
            stream.line(lineText);
            PushBodies.entry(protobuf, time, lineText, values);
            rawBytes += lineText.size();
            count++;
          }
          if (values.size() > 0) {
            PushBodies.stream(protobuf, stream, values, body);
          }
        }
        if (count > 0) {
          PushBodies.end(protobuf, body);
          post(body, rawBytes, count);
          slice = Math.max(1_000_000L, (long) ((double) slice * batchBytes / rawBytes));
        }
        from = to;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void post(LogText body, long rawBytes, long count)
      throws IOException, InterruptedException {
    byte[] content = Arrays.copyOf(body.bytes(), body.size());
    if (protobuf) {
      content = Snappy.compress(content);
    }
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      var request =
          HttpRequest.newBuilder(url)
              .timeout(Duration.ofSeconds(60))
              .header("Content-Type", protobuf ? "application/x-protobuf" : "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(content));
      if (!tenant.isEmpty()) {
        request.header("X-Scope-OrgID", tenant);
      }
      try {
        var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 == 2) {
          bytes.addAndGet(rawBytes);
          lines.addAndGet(count);
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
