package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Pyroscope's API as its agents, Grafana's data source and Profiles Drilldown call it.
final class PyroscopeApi implements AutoCloseable {
  static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  static final String MULTIPART = "multipart/form-data; boundary=part";

  private final String url;
  private final HttpClient http = HttpClient.newHttpClient();

  PyroscopeApi(String url) {
    this.url = url;
  }

  HttpResponse<byte[]> post(String path, String type, byte[] body, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("content-type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  /// `POST /ingest` with these parameters.
  HttpResponse<byte[]> ingest(String type, byte[] body, String... parameters) throws Exception {
    var path = new StringBuilder("/ingest");
    for (int i = 0; i < parameters.length; i += 2) {
      path.append(i == 0 ? '?' : '&')
          .append(parameters[i])
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    return post(path.toString(), type, body);
  }

  /// Status and body, for messages.
  static String text(HttpResponse<byte[]> answer) {
    return answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8);
  }

  /// The body of a form.
  static byte[] form(Map<String, byte[]> parts) {
    var out = new ByteArrayOutputStream();
    parts.forEach((name, body) -> {
      out.writeBytes(
          ("--part\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(body);
      out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    });
    out.writeBytes("--part--\r\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /// Stacks as text, as of that time.
  void ingest(String name, long seconds, String stacks, String... parameters) throws Exception {
    var path = new StringBuilder("/ingest?format=folded&sampleRate=100&name=");
    path.append(URLEncoder.encode(name, StandardCharsets.UTF_8));
    path.append("&from=").append(seconds).append("&until=").append(seconds + 10);
    for (int i = 0; i < parameters.length; i += 2) {
      path.append('&').append(parameters[i]).append('=').append(parameters[i + 1]);
    }
    HttpResponse<byte[]> answer =
        post(path.toString(), "text/plain", stacks.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
  }

  HttpResponse<String> get(String path, String... parameters) throws Exception {
    var text = new StringBuilder(url).append(path);
    for (int i = 0; i < parameters.length; i += 2) {
      text.append(i == 0 ? '?' : '&')
          .append(parameters[i])
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    return http.send(
        HttpRequest.newBuilder(URI.create(text.toString())).build(), BodyHandlers.ofString());
  }

  /// Calls a method of `querier.v1.QuerierService` with JSON.
  JsonNode query(String method, String json) throws Exception {
    return call("querier.v1.QuerierService/" + method, json);
  }

  JsonNode call(String method, String json) throws Exception {
    HttpResponse<byte[]> answer =
        post(
            "/" + method,
            "application/json",
            json.getBytes(StandardCharsets.UTF_8),
            "accept",
            "application/json; allow-utf8-labelnames=true");
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(answer.statusCode()).as(method + ": " + body).isEqualTo(200);
    return new ObjectMapper().readTree(body);
  }

  /// A request for profiles of a time, with more fields behind.
  static String select(String type, String selector, long from, long until, String more) {
    return "{\"profileTypeID\":\""
        + type
        + "\",\"labelSelector\":\""
        + selector.replace("\"", "\\\"")
        + "\",\"start\":"
        + from * 1000
        + ",\"end\":"
        + until * 1000
        + more
        + "}";
  }

  /// The stacks of a flame graph, outermost first, with their values.
  static Map<String, Long> stacks(JsonNode graph) {
    var found = new TreeMap<String, Long>();
    record Bar(long start, long end, String path) {}
    List<Bar> above = List.of(new Bar(0, Long.MAX_VALUE, ""));
    int depth = 0;
    for (JsonNode level : graph.path("levels")) {
      var bars = new ArrayList<Bar>();
      JsonNode numbers = level.path("values");
      long x = 0;
      for (int i = 0; i + 3 < numbers.size(); i += 4) {
        x += numbers.get(i).asLong();
        long start = x;
        long end = x + numbers.get(i + 1).asLong();
        String parent =
            above.stream()
                .filter(bar -> bar.start() <= start && end <= bar.end())
                .findFirst()
                .orElseThrow()
                .path();
        String name = graph.path("names").get(numbers.get(i + 3).asInt()).asText();
        String path = depth == 0 ? "" : parent.isEmpty() ? name : parent + ";" + name;
        bars.add(new Bar(start, end, path));
        if (numbers.get(i + 2).asLong() != 0) {
          found.merge(path, numbers.get(i + 2).asLong(), Long::sum);
        }
        x = end;
      }
      above = bars;
      depth++;
    }
    return found;
  }

  static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  @Override
  public void close() {
    http.close();
  }
}
