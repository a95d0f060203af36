package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Tempo's read API as Grafana and its command line call it.
final class TempoApi implements AutoCloseable {
  private final String url;
  private final HttpClient http = HttpClient.newHttpClient();

  TempoApi(String url) {
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

  HttpResponse<String> get(String path, String... parameters) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url + path + query(parameters)));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String query(String... parameters) {
    var text = new StringBuilder();
    for (int i = 0; i < parameters.length; i += 2) {
      text.append(i == 0 ? '?' : '&')
          .append(parameters[i])
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  JsonNode json(String path, String... parameters) throws Exception {
    HttpResponse<String> answer = get(path, parameters);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  HttpResponse<byte[]> trace(String path, String accept) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url + path)).header("accept", accept).build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  /// A whole trace; empty when it is not there.
  TracesData trace(String id) throws Exception {
    HttpResponse<byte[]> answer = trace("/api/traces/" + id, "application/protobuf");
    if (answer.statusCode() == 404) {
      return TracesData.getDefaultInstance();
    }
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return TracesData.parseFrom(answer.body());
  }

  static List<Span> spans(TracesData trace) {
    var all = new ArrayList<Span>();
    for (ResourceSpans resource : trace.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        all.addAll(scope.getSpansList());
      }
    }
    return all;
  }

  /// The ids of the traces that a query finds.
  List<String> search(String query) throws Exception {
    var ids = new ArrayList<String>();
    for (JsonNode trace : json("/api/search", "q", query, "limit", "1000").get("traces")) {
      ids.add(trace.get("traceID").asText());
    }
    return ids;
  }

  /// Values of a tag as texts.
  List<String> values(String tag) throws Exception {
    var values = new ArrayList<String>();
    for (JsonNode value : json("/api/v2/search/tag/" + tag + "/values").get("tagValues")) {
      values.add(value.path("value").asText());
    }
    return values;
  }

  @Override
  public void close() {
    http.close();
  }
}
