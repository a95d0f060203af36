package io.foursight.benchmarks.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;

/// A fixed set of queries over all of a [LogWorkload], timed; searches and counts are compared with
/// what the workload itself says, line by line. `$r` is the whole range; windows are moved by a few
/// seconds each time, beyond the data, so that no cache of results answers.
final class LogQuerySet {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BiPredicate<LogWorkload.Stream, String> ALL = (stream, line) -> true;

  /// How it is asked.
  private enum Kind {
    INSTANT,
    RANGE,
    LOGS,
    VOLUME
  }

  /// @param counts which lines an instant query adds up
  private record Query(
      String name, Kind kind, String text, BiPredicate<LogWorkload.Stream, String> counts) {}

  private final String base;
  private final String tenant;
  private final HttpClient http = HttpClient.newHttpClient();
  private final LogWorkload workload;
  private final long startNanos;
  private final long endNanos;
  private final List<Query> queries = new ArrayList<>();

  /// @param base of the API, without `/query`
  LogQuerySet(String base, String tenant, LogWorkload workload, long startNanos, long endNanos) {
    this.base = base;
    this.tenant = tenant;
    this.workload = workload;
    this.startNanos = startNanos;
    this.endNanos = endNanos;
    search("absent_token", "zzabsentzz");
    search("absent_hex", "0123456789abcdef0123456789abcdef");
    search("needle_hex", knownTrace());
    search("phrase", "cache miss, loading");
    search("inside_a_word", "imed ou");
    search("digits", "50174");
    search("level_key", "\"level\":\"error\"");
    regex("regex_rare", "user_id\":\"u-1[0-9]{3}7\".*deadline");
    regex("regex_word", "(?i)TIMED OUT|rate.limit");
    add("count_by_label", Kind.INSTANT, "sum by (app) (count_over_time({namespace=\"shop\"}[$r]))");
    add(
        "count_by_level",
        Kind.RANGE,
        "sum by (detected_level) (count_over_time({namespace=\"shop\"}[1m]))");
    queries.add(
        new Query(
            "json_status",
            Kind.INSTANT,
            "sum by (status)"
                + " (count_over_time({namespace=\"shop\",app=~\"checkout|cart|auth|email\"} | json"
                + " [$r]))",
            (stream, line) -> List.of("checkout", "cart", "auth", "email").contains(stream.app())));
    queries.add(
        new Query(
            "json_filter",
            Kind.INSTANT,
            "sum by (method) (count_over_time({app=\"checkout\"} | json | status >= 500 [$r]))",
            (stream, line) -> stream.app().equals("checkout") && line.contains("\"status\":50")));
    add(
        "json_quantile",
        Kind.RANGE,
        "quantile_over_time(0.99, {app=\"checkout\"} | json | unwrap duration_ms [1m]) by"
            + " (method)");
    queries.add(
        new Query(
            "logfmt_level",
            Kind.INSTANT,
            "sum by (level) (count_over_time({app=~\"catalog|search|shipping\"} | logfmt [$r]))",
            (stream, line) -> List.of("catalog", "search", "shipping").contains(stream.app())));
    add("newest_100", Kind.LOGS, "{namespace=\"shop\"}");
    add("newest_errors", Kind.LOGS, "{namespace=\"shop\"} |= \"rpc error\"");
    add("volume", Kind.VOLUME, "{namespace=\"shop\"}");
  }

  private void search(String name, String text) {
    queries.add(
        new Query(
            name,
            Kind.INSTANT,
            "sum(count_over_time({namespace=\"shop\"} |= `" + text + "` [$r]))",
            (stream, line) -> line.contains(text)));
  }

  private void regex(String name, String expression) {
    var pattern = Pattern.compile(expression, Pattern.DOTALL);
    queries.add(
        new Query(
            name,
            Kind.INSTANT,
            "sum(count_over_time({namespace=\"shop\"} |~ `" + expression + "` [$r]))",
            (stream, line) -> pattern.matcher(line).find()));
  }

  private void add(String name, Kind kind, String text) {
    queries.add(new Query(name, kind, text, ALL));
  }

  /// The id of some request in the middle.
  private String knownTrace() {
    var stream = workload.streams().getFirst();
    var text = new LogText();
    while (stream.time() < (startNanos + endNanos) / 2) {
      stream.line(text);
      text.clear();
    }
    stream.line(text);
    text.clear();
    stream.putTrace(text);
    return text.toString();
  }

  /// Prints a line each: half of the answers came within p50.
  ///
  /// @param cpu seconds that the server has used so far
  void time(int repetitions, DoubleSupplier cpu) throws IOException, InterruptedException {
    System.out.printf(
        Locale.ROOT,
        "%-16s %9s %9s %9s %12s%n",
        "query",
        "p50 ms",
        "max ms",
        "CPU ms",
        "sum of values");
    for (Query query : queries) {
      var nanos = new long[repetitions];
      double sum = ask(query, 0);
      double before = cpu.getAsDouble();
      for (int i = 0; i < repetitions; i++) {
        long start = System.nanoTime();
        ask(query, i + 1);
        nanos[i] = System.nanoTime() - start;
      }
      double used = (cpu.getAsDouble() - before) / repetitions;
      Arrays.sort(nanos);
      System.out.printf(
          Locale.ROOT,
          "%-16s %9.1f %9.1f %9.1f %12.0f%n",
          query.name,
          nanos[repetitions / 2] / 1e6,
          nanos[repetitions - 1] / 1e6,
          used * 1000,
          sum);
    }
  }

  /// Compares the sums of the instant queries with the lines.
  ///
  /// @return how many differ
  int check() throws IOException, InterruptedException {
    Map<String, Long> expected = new TreeMap<>();
    var checked = queries.stream().filter(q -> q.kind == Kind.INSTANT).toList();
    var text = new LogText();
    for (LogWorkload.Stream stream : workload.streams()) {
      while (stream.time() < endNanos) {
        text.clear();
        stream.line(text);
        String line = text.toString();
        for (Query query : checked) {
          expected.merge(query.name, query.counts.test(stream, line) ? 1L : 0, Long::sum);
        }
      }
    }
    int wrong = 0;
    for (Query query : checked) {
      double sum = ask(query, 0);
      if (sum != expected.get(query.name)) {
        wrong++;
        System.err.printf(
            Locale.ROOT,
            "%s: %.0f, expected %d: %s%n",
            query.name,
            sum,
            expected.get(query.name),
            query.text);
      }
    }
    System.out.println("checked " + checked.size() + " sums: " + wrong + " wrong");
    return wrong;
  }

  /// @return the sum of all values, or the number of lines
  private double ask(Query query, int shift) throws IOException, InterruptedException {
    long from = startNanos - 1_000_000_000L * (1 + shift);
    String range = (endNanos - from) / 1_000_000_000L + 1 + "s";
    String text = query.text.replace("$r", range);
    String start = String.valueOf(from);
    String end = String.valueOf(from + 1_000_000_000L * ((endNanos - from) / 1_000_000_000L + 1));
    return switch (query.kind) {
      case INSTANT -> sum(get("/query", "query", text, "time", end));
      case RANGE ->
          sum(get("/query_range", "query", text, "start", start, "end", end, "step", "60"));
      case LOGS ->
          sum(get("/query_range", "query", text, "start", start, "end", end, "limit", "100"));
      case VOLUME -> sum(get("/index/volume", "query", text, "start", start, "end", end));
    };
  }

  private static double sum(String body) throws IOException {
    double sum = 0;
    for (JsonNode series : JSON.readTree(body).path("data").path("result")) {
      sum += series.path("value").path(1).asDouble(0);
      boolean lines = series.has("stream");
      for (JsonNode value : series.path("values")) {
        sum += lines ? 1 : value.path(1).asDouble(0);
      }
    }
    return sum;
  }

  private String get(String path, String... parameters) throws IOException, InterruptedException {
    var url = new StringBuilder(base).append(path);
    for (int i = 0; i < parameters.length; i += 2) {
      url.append(i == 0 ? '?' : '&')
          .append(parameters[i])
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    var request =
        HttpRequest.newBuilder(URI.create(url.toString())).timeout(Duration.ofSeconds(300));
    if (!tenant.isEmpty()) {
      request.header("X-Scope-OrgID", tenant);
    }
    var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }
}
