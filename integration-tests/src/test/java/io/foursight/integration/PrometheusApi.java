package io.foursight.integration;

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
import java.util.StringJoiner;

/// A client of the Prometheus HTTP API at some base such as `http://127.0.0.1:8080/prometheus`.
final class PrometheusApi implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final String base;
  private final String[] headers;
  private final HttpClient http = HttpClient.newHttpClient();

  /// @param headers `name, value, name, value, ...` of every request
  PrometheusApi(String base, String... headers) {
    this.base = base;
    this.headers = headers;
  }

  /// What came back: the status and the whole JSON envelope.
  record Answer(int status, JsonNode json) {
    JsonNode result() {
      return json.path("data").path("result");
    }

    boolean isSuccess() {
      return json.path("status").asText().equals("success");
    }
  }

  Answer query(String query, double time) throws IOException, InterruptedException {
    return post("/api/v1/query", "query", query, "time", seconds(time));
  }

  Answer queryRange(String query, double start, double end, double step)
      throws IOException, InterruptedException {
    return post(
        "/api/v1/query_range",
        "query",
        query,
        "start",
        seconds(start),
        "end",
        seconds(end),
        "step",
        seconds(step));
  }

  Answer post(String path, String... form) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(120))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(encode(form)));
    return answer(request);
  }

  Answer get(String path, String... parameters) throws IOException, InterruptedException {
    String suffix = parameters.length == 0 ? "" : "?" + encode(parameters);
    var request =
        HttpRequest.newBuilder(URI.create(base + path + suffix)).timeout(Duration.ofSeconds(120));
    return answer(request);
  }

  private Answer answer(HttpRequest.Builder request) throws IOException, InterruptedException {
    if (headers.length > 0) {
      request.headers(headers);
    }
    var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), JSON.readTree(response.body()));
  }

  private static String encode(String... pairs) {
    var joined = new StringJoiner("&");
    for (int i = 0; i < pairs.length; i += 2) {
      joined.add(pairs[i] + "=" + URLEncoder.encode(pairs[i + 1], StandardCharsets.UTF_8));
    }
    return joined.toString();
  }

  private static String seconds(double t) {
    return String.format(java.util.Locale.ROOT, "%.3f", t);
  }

  @Override
  public void close() {
    http.close();
  }
}
