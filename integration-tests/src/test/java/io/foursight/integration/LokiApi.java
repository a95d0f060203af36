package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/// Loki's read API as its clients call it. Owned by one test.
final class LokiApi implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final String tenant;
  private final HttpClient http = HttpClient.newHttpClient();

  LokiApi(String url) {
    this(url, "anonymous");
  }

  LokiApi(String url, String tenant) {
    this.url = url;
    this.tenant = tenant;
  }

  /// The body of a 200 answer.
  ///
  /// @param parameters `name, value, name, value, ...`
  JsonNode get(String path, String... parameters) throws Exception {
    var query = new StringBuilder();
    for (int i = 0; i < parameters.length; i += 2) {
      query
          .append(i == 0 ? '?' : '&')
          .append(parameters[i])
          .append('=')
          .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
    }
    var request =
        HttpRequest.newBuilder(URI.create(url + "/loki/api/v1/" + path + query))
            .header("X-Loki-Response-Encoding-Flags", "categorize-labels")
            .header("X-Scope-OrgID", tenant)
            .build();
    var response = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(path + query + ": " + response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  /// An entry as clients that ask for categorized labels see it.
  record Entry(
      Map<String, String> stream,
      long nanos,
      String line,
      Map<String, String> metadata,
      Map<String, String> parsed) {}

  List<Entry> entries(String query) throws Exception {
    return entries(get("query_range", "query", query, "limit", "1000").at("/data/result"));
  }

  static List<Entry> entries(JsonNode streams) {
    var entries = new ArrayList<Entry>();
    for (JsonNode stream : streams) {
      for (JsonNode value : stream.get("values")) {
        entries.add(
            new Entry(
                map(stream.get("stream")),
                value.get(0).asLong(),
                value.get(1).asText(),
                map(value.path(2).path("structuredMetadata")),
                map(value.path(2).path("parsed"))));
      }
    }
    return entries;
  }

  private static Map<String, String> map(JsonNode node) {
    Map<String, String> map = new TreeMap<>();
    node.fields().forEachRemaining(f -> map.put(f.getKey(), f.getValue().asText()));
    return map;
  }

  List<String> texts(String path, String... parameters) throws Exception {
    var texts = new ArrayList<String>();
    get(path, parameters).path("data").forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /// The frames of a followed query, as they come.
  BlockingQueue<String> tail(String query) {
    var frames = new LinkedBlockingQueue<String>();
    http.newWebSocketBuilder()
        .header("X-Loki-Response-Encoding-Flags", "categorize-labels")
        .header("X-Scope-OrgID", tenant)
        .buildAsync(
            URI.create(
                url.replace("http://", "ws://")
                    + "/loki/api/v1/tail?query="
                    + URLEncoder.encode(query, StandardCharsets.UTF_8)),
            new WebSocket.Listener() {
              private final StringBuilder text = new StringBuilder();

              @Override
              public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                text.append(data);
                if (last) {
                  frames.add(text.toString());
                  text.setLength(0);
                }
                socket.request(1);
                return null;
              }
            })
        .join();
    return frames;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
