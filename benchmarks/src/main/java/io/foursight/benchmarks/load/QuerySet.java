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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// A fixed set of range queries over a [ScrapeWorkload], timed, and the check that what was sent is
/// there.
final class QuerySet {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// @param windowMinutes 0 = everything
  record Query(String name, int windowMinutes, int stepSeconds, String promql) {}

  static final List<Query> QUERIES =
      List.of(
          new Query(
              "one_series", 60, 15, "cpu_seconds_total{instance=\"10.0.0.1:8080\",mode=\"user\"}"),
          new Query("rate_by_mode", 60, 60, "sum by (mode) (rate(cpu_seconds_total[5m]))"),
          new Query(
              "p99_by_path",
              60,
              60,
              "histogram_quantile(0.99, sum by (le, path)"
                  + " (rate(http_request_duration_seconds_bucket[5m])))"),
          new Query("topk_pods", 60, 60, "topk(10, sum by (pod) (rate(cpu_seconds_total[5m])))"),
          new Query(
              "error_ratio",
              60,
              60,
              "sum by (job) (rate(http_requests_total{code=~\"5..\"}[5m])) / sum by (job)"
                  + " (rate(http_requests_total[5m]))"),
          new Query(
              "regex_pods",
              15,
              60,
              "count by (__name__) ({__name__=~\"memory_.+\",pod=~\"(checkout|cart)-.+\"})"),
          new Query("max_over_hour", 60, 300, "max by (job) (max_over_time(memory_rss_bytes[1h]))"),
          new Query(
              "join",
              30,
              60,
              "sum by (pod) (memory_rss_bytes / on (instance) group_left memory_limit_bytes)"),
          new Query(
              "whole_range_rate",
              0,
              120,
              "sum by (path) (rate(http_request_duration_seconds_count[5m]))"),
          new Query("all_series", 5, 60, "count by (job) ({__name__!=\"\"})"),
          new Query(
              "subquery", 30, 60, "max_over_time(sum(rate(http_requests_total[2m]))[20m:1m])"));

  private final String base;
  private final String tenant;
  private final HttpClient http = HttpClient.newHttpClient();

  QuerySet(String base, String tenant) {
    this.base = base;
    this.tenant = tenant;
  }

  /// Runs every query `repetitions` times over moving windows that end at most an hour before
  /// `end`, and prints a line each.
  void time(long start, long end, int repetitions, long seed)
      throws IOException, InterruptedException {
    var random = new Random(seed);
    double logSum = 0;
    System.out.printf(Locale.ROOT, "%-20s %10s %10s %8s%n", "query", "p50 ms", "p95 ms", "series");
    for (Query query : QUERIES) {
      long window =
          query.windowMinutes == 0 ? end - start : Math.min(end - start, query.windowMinutes * 60L);
      var nanos = new long[repetitions];
      int series = 0;
      for (int i = 0; i < repetitions; i++) {
        long room = Math.max(1, Math.min(60, (end - start - window) / query.stepSeconds));
        long to = end - query.stepSeconds * (long) random.nextInt((int) room);
        long before = System.nanoTime();
        String body =
            get(
                "/query_range",
                "query",
                query.promql,
                "start",
                String.valueOf(to - window),
                "end",
                String.valueOf(to),
                "step",
                String.valueOf(query.stepSeconds),
                "nocache",
                "1");
        nanos[i] = System.nanoTime() - before;
        if (i == 0) {
          series = JSON.readTree(body).path("data").path("result").size();
        }
      }
      Arrays.sort(nanos);
      double p50 = nanos[repetitions / 2] / 1e6;
      logSum += Math.log(p50);
      System.out.printf(
          Locale.ROOT,
          "%-20s %10.2f %10.2f %8d%n",
          query.name,
          p50,
          nanos[(int) Math.min(repetitions - 1, repetitions * 0.95)] / 1e6,
          series);
    }
    System.out.printf(
        Locale.ROOT, "geometric mean of p50: %.2f ms%n", Math.exp(logSum / QUERIES.size()));
  }

  /// Compares last value and number of samples of random series with what was sent.
  ///
  /// @return how many differ
  int check(ScrapeWorkload workload, long scrapes, int checks, long seed)
      throws IOException, InterruptedException {
    var random = new Random(seed);
    int wrong = 0;
    for (int i = 0; i < checks; i++) {
      var target = workload.targets().get(random.nextInt(workload.targets().size()));
      var series = target.series().get(random.nextInt(target.series().size()));
      long last = workload.timestamp(target, scrapes - 1);
      var selector = new StringBuilder("{");
      series
          .labels()
          .forEach((n, v) ->
              selector
                  .append(selector.length() > 1 ? "," : "")
                  .append(n)
                  .append("=\"")
                  .append(v)
                  .append('"'));
      selector.append('}');
      String time = last / 1000 + "." + String.format(Locale.ROOT, "%03d", last % 1000);
      String value = instant(selector.toString(), time);
      long range = (last - workload.timestamp(target, 0)) / 1000 + 1;
      String count = instant("count_over_time(" + selector + "[" + range + "s])", time);
      if (value.isEmpty()
          || Double.parseDouble(value) != workload.value(series, scrapes - 1)
          || !count.equals(String.valueOf(scrapes))) {
        wrong++;
        System.err.println(
            selector
                + ": value "
                + value
                + ", expected "
                + workload.value(series, scrapes - 1)
                + "; count "
                + count
                + ", expected "
                + scrapes);
      }
    }
    System.out.println("checked " + checks + " series: " + wrong + " wrong");
    return wrong;
  }

  private String instant(String query, String time) throws IOException, InterruptedException {
    JsonNode result =
        JSON.readTree(get("/query", "query", query, "time", time)).path("data").path("result");
    return result.path(0).path("value").path(1).asText("");
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
        HttpRequest.newBuilder(URI.create(url.toString())).timeout(Duration.ofSeconds(120));
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
