package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;

/// Senders and readers that go on while things happen to a cluster, and that know afterwards what
/// must be there. A tenant of its own.
final class ClusterLoad implements AutoCloseable {
  private static final String TENANT = "load";
  private static final long SPACING_MILLIS = 10;
  private static final int ITEMS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /// Senders run ahead of the clock; far enough back that they don't reach the future.
  private final long start = System.currentTimeMillis() - 3 * 3600_000L;

  private final List<Sender> senders = new CopyOnWriteArrayList<>();
  private final List<Reader> readers = new CopyOnWriteArrayList<>();

  /// A push of one line.
  static byte[] line(String app, long nanos, String text) {
    return """
    {"streams":[{"stream":{"app":"%s"},"values":[["%d","%s"]]}]}\
    """
        .formatted(app, nanos, text)
        .getBytes(StandardCharsets.UTF_8);
  }

  /// Sends numbered items in order, repeating what is refused, as clients do.
  abstract class Sender {
    final String name;
    private final List<String> urls;
    private final AtomicBoolean stop = new AtomicBoolean();
    private volatile int acknowledged;
    private volatile int refused;
    private volatile String lastRefusal = "";
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);

    Sender(String name, List<String> urls) {
      this.name = name;
      this.urls = urls;
    }

    abstract HttpRequest.Builder request(String url, int first, int end) throws IOException;

    /// Every acknowledged item is there, once, with its value; it may be that one more request is.
    abstract void verify(String url) throws Exception;

    private void run() {
      int turn = 0;
      while (!stop.get()) {
        try {
          var request =
              request(urls.get(turn++ % urls.size()), acknowledged, acknowledged + ITEMS)
                  .header("X-Scope-OrgID", TENANT)
                  .timeout(Duration.ofSeconds(60))
                  .build();
          HttpResponse<String> reply = http.send(request, BodyHandlers.ofString());
          if (reply.statusCode() / 100 == 2) {
            acknowledged += ITEMS;
          } else {
            refuse(reply.statusCode() + " " + reply.body());
            if (reply.statusCode() < 500) {
              return;
            }
          }
          TimeUnit.MILLISECONDS.sleep(20);
        } catch (IOException e) {
          refuse(e.toString());
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private void refuse(String why) {
      lastRefusal = why;
      refused = refused + 1;
    }

    final int acknowledged() {
      return acknowledged;
    }

    final int refused() {
      return refused;
    }

    /// Waits until so many more items are acknowledged.
    final void more(int items) {
      int from = acknowledged;
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> acknowledged >= from + items || !thread.isAlive());
      assertThat(acknowledged).as(name + ": " + lastRefusal).isGreaterThanOrEqualTo(from + items);
    }

    final void refusedMore(int times) {
      int from = refused;
      Awaitility.await().atMost(PATIENCE).until(() -> refused >= from + times);
    }

    final void neverRefused() {
      assertThat(refused).as(name + ": " + lastRefusal).isZero();
    }
  }

  private final class MetricsSender extends Sender {
    MetricsSender(String name, List<String> urls) {
      super(name, urls);
    }

    @Override
    HttpRequest.Builder request(String url, int first, int end) throws IOException {
      var timestamps = new long[end - first];
      var values = new double[end - first];
      for (int n = first; n < end; n++) {
        timestamps[n - first] = start + n * SPACING_MILLIS;
        values[n - first] = n;
      }
      var body =
          new WriteRequest().series(Map.of("__name__", "load", "sender", name), timestamps, values);
      return HttpRequest.newBuilder(URI.create(url + "/api/v1/push"))
          .headers(WriteRequest.HEADERS)
          .POST(HttpRequest.BodyPublishers.ofByteArray(body.snappy()));
    }

    @Override
    void verify(String url) throws Exception {
      int wanted = acknowledged();
      long range = wanted * SPACING_MILLIS / 1000 + 120;
      try (var api = new PrometheusApi(url + "/prometheus", "X-Scope-OrgID", TENANT)) {
        double end = (start + wanted * SPACING_MILLIS + 60_000) / 1000.0;
        var answer = api.query("load{sender=\"" + name + "\"}[" + range + "s]", end);
        assertThat(answer.isSuccess()).as(url + ": " + answer.json()).isTrue();
        int n = 0;
        for (JsonNode sample : answer.result().path(0).path("values")) {
          assertThat(Math.round(sample.get(0).asDouble() * 1000))
              .isEqualTo(start + n * SPACING_MILLIS);
          assertThat(Integer.parseInt(sample.get(1).asText())).isEqualTo(n);
          n++;
        }
        assertThat(n).as("samples of " + name + " at " + url).isGreaterThanOrEqualTo(wanted);
      }
    }
  }

  private final class LogsSender extends Sender {
    LogsSender(String name, List<String> urls) {
      super(name, urls);
    }

    private long nanos(int n) {
      return (start + n * SPACING_MILLIS) * 1_000_000;
    }

    @Override
    HttpRequest.Builder request(String url, int first, int end) throws IOException {
      var body = JSON.createObjectNode();
      var stream = body.putArray("streams").addObject();
      stream.putObject("stream").put("app", name);
      var values = stream.putArray("values");
      for (int n = first; n < end; n++) {
        values.addArray().add(String.valueOf(nanos(n))).add("line " + n);
      }
      return HttpRequest.newBuilder(URI.create(url + "/loki/api/v1/push"))
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    }

    @Override
    void verify(String url) throws Exception {
      int wanted = acknowledged();
      var lines = new TreeMap<Long, String>();
      int shown = 0;
      try (var loki = new LokiApi(url, TENANT)) {
        for (int first = 0; first < wanted; first += 1000) {
          var answer =
              loki.get(
                  "query_range",
                  "query",
                  "{app=\"" + name + "\"}",
                  "start",
                  String.valueOf(nanos(first)),
                  "end",
                  String.valueOf(nanos(first + 1000)),
                  "limit",
                  "5000");
          for (LokiApi.Entry entry : LokiApi.entries(answer.at("/data/result"))) {
            lines.put(entry.nanos(), entry.line());
            shown++;
          }
        }
      }
      assertThat(lines).as("lines shown twice").hasSize(shown);
      assertThat(shown).as("lines of " + name + " at " + url).isGreaterThanOrEqualTo(wanted);
      int n = 0;
      for (var line : lines.entrySet()) {
        assertThat(line.getKey()).isEqualTo(nanos(n));
        assertThat(line.getValue()).isEqualTo("line " + n);
        n++;
      }
    }
  }

  /// Asks all the time and remembers failures.
  private final class Reader {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<String> failures = new ArrayList<>();
    private int answered;
    private final Thread thread;

    Reader(List<String> urls) {
      thread = Thread.ofVirtual().unstarted(() -> run(urls));
    }

    private void run(List<String> urls) {
      int turn = 0;
      while (!stop.get()) {
        String path =
            turn % 2 == 0
                ? "/prometheus/api/v1/query?query=count(load)"
                : "/loki/api/v1/query?query=count_over_time(%7Bapp%3D~%22.%2B%22%7D%5B1m%5D)";
        String url = urls.get(turn++ / 2 % urls.size()) + path;
        try {
          var reply = new Endpoint.OfTenant(http, url, TENANT).get("");
          if (reply.statusCode() == 200) {
            answered++;
          } else {
            failures.add(url + ": " + reply.statusCode() + " " + reply.body());
          }
          TimeUnit.MILLISECONDS.sleep(50);
        } catch (IOException e) {
          failures.add(url + ": " + e);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    void end() throws InterruptedException {
      stop.set(true);
      thread.join();
      assertThat(failures).isEmpty();
      assertThat(answered).isPositive();
    }
  }

  /// Begins to send metrics and logs to these by turn.
  ///
  /// @param name unique
  List<Sender> send(String name, List<String> urls) {
    List<Sender> both = List.of(new MetricsSender(name, urls), new LogsSender(name, urls));
    senders.addAll(both);
    both.forEach(sender -> sender.thread.start());
    return both;
  }

  /// Begins to ask these by turn, until [#readersNeverFailed].
  void read(List<String> urls) {
    var reader = new Reader(urls);
    readers.add(reader);
    reader.thread.start();
  }

  void readersNeverFailed() throws InterruptedException {
    for (Reader reader : readers) {
      reader.end();
    }
    readers.clear();
  }

  /// All senders stop after what is under way.
  void end() throws InterruptedException {
    for (Sender sender : senders) {
      sender.stop.set(true);
      sender.thread.join();
    }
  }

  void verify(List<String> urls) throws Exception {
    for (String url : urls) {
      for (Sender sender : senders) {
        sender.verify(url);
      }
    }
  }

  @Override
  public void close() {
    senders.forEach(sender -> sender.stop.set(true));
    readers.forEach(reader -> reader.stop.set(true));
    http.shutdownNow();
  }
}
