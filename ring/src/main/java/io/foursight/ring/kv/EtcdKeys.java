package io.foursight.ring.kv;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foursight.model.FoursightException;
import io.foursight.ring.config.EtcdConfig;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// etcd v3 through its gRPC gateway (`/v3/kv/range`, `/v3/kv/txn`, `/v3/watch`,
/// `/v3/auth/authenticate`): JSON over HTTP, keys and values in base64, 64-bit numbers as text.
public final class EtcdKeys implements Keys {
  private final EtcdConfig config;
  private final String prefix;
  private final HttpJson http;
  private volatile String token = "";

  public EtcdKeys(EtcdConfig config, String prefix) {
    if (config.endpoints().isEmpty()) {
      throw FoursightException.badData(
          "kvstore.store is etcd, but kvstore.etcd.endpoints is empty");
    }
    this.config = config;
    this.prefix = prefix;
    this.http = new HttpJson(config.endpoints(), config.tlsEnabled(), config.dialTimeout());
  }

  private String key(String key) {
    return base64((prefix + key).getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private JsonNode call(String path, ObjectNode body) {
    HttpJson.Reply reply = post(path, body);
    if (reply.status() == 401 || (reply.status() == 400 && wantsLogin(reply))) {
      login();
      reply = post(path, body);
    }
    if (reply.status() != 200) {
      throw FoursightException.unavailable(
          "etcd answered " + reply.status() + ": " + HttpJson.shorten(reply.body().toString()));
    }
    return reply.body();
  }

  private boolean wantsLogin(HttpJson.Reply reply) {
    String message = reply.body().path("message").asText(reply.body().path("error").asText());
    return !config.username().isEmpty()
        && (message.contains("auth token") || message.contains("user name is empty"));
  }

  private HttpJson.Reply post(String path, ObjectNode body) {
    return http.send(base -> request(base, path, body).build());
  }

  private HttpRequest.Builder request(String base, String path, ObjectNode body) {
    HttpRequest.Builder request =
        http.request(base, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    if (!token.isEmpty()) {
      request.header("Authorization", token);
    }
    return request;
  }

  private void login() {
    if (config.username().isEmpty()) {
      throw FoursightException.unavailable("etcd wants a user, kvstore.etcd.username is empty");
    }
    ObjectNode body = HttpJson.JSON.createObjectNode();
    body.put("name", config.username()).put("password", config.password());
    token = "";
    HttpJson.Reply reply = post("/v3/auth/authenticate", body);
    token = reply.body().path("token").asText("");
    if (token.isEmpty()) {
      throw FoursightException.unavailable(
          "etcd refused user \"" + config.username() + "\" with status " + reply.status());
    }
  }

  @Override
  public Versioned get(String key) {
    ObjectNode body = HttpJson.JSON.createObjectNode().put("key", key(key));
    JsonNode reply = call("/v3/kv/range", body);
    long revision = reply.path("header").path("revision").asLong();
    JsonNode kv = reply.path("kvs").path(0);
    if (kv.isMissingNode()) {
      return new Versioned(Optional.empty(), 0, revision);
    }
    return new Versioned(Optional.of(value(kv)), kv.path("mod_revision").asLong(), revision);
  }

  private static byte[] value(JsonNode kv) {
    try {
      return Base64.getDecoder().decode(kv.path("value").asText(""));
    } catch (IllegalArgumentException e) {
      throw FoursightException.unavailable("etcd answered a value that is not base64");
    }
  }

  /// A transaction: when the key's revision of change is still that, put.
  @Override
  public boolean putIf(String key, long version, byte[] value) {
    ObjectNode body = HttpJson.JSON.createObjectNode();
    body.putArray("compare")
        .addObject()
        .put("key", key(key))
        .put("target", "MOD")
        .put("result", "EQUAL")
        .put("mod_revision", String.valueOf(version));
    body.putArray("success")
        .addObject()
        .putObject("request_put")
        .put("key", key(key))
        .put("value", base64(value));
    return call("/v3/kv/txn", body).path("succeeded").asBoolean(false);
  }

  /// A watch from the revision after the index. The stream stays open until the first event, an
  /// error (a compacted revision) or the time is over; then the key is read again.
  @Override
  public Versioned await(String key, long index, Duration atMost) {
    ObjectNode body = HttpJson.JSON.createObjectNode();
    body.putObject("create_request")
        .put("key", key(key))
        .put("start_revision", String.valueOf(index + 1));
    HttpRequest request = request(http.baseUrl(), "/v3/watch", body).build();
    HttpResponse<Stream<String>> response = http.stream(request);
    if (response.statusCode() != 200) {
      response.body().close();
      throw FoursightException.unavailable("etcd answered a watch with " + response.statusCode());
    }
    try (Stream<String> lines = response.body();
        ScheduledExecutorService end =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory())) {
      end.schedule(lines::close, atMost.toMillis(), TimeUnit.MILLISECONDS);
      try {
        Iterator<String> all = lines.iterator();
        while (all.hasNext() && !isNews(all.next())) {
          // The first line says that the watch exists.
        }
      } catch (java.io.UncheckedIOException e) {
        // Closed by the clock or cut off: what counts is the key as it is now.
      } finally {
        end.shutdownNow();
      }
    }
    return get(key);
  }

  private static boolean isNews(String line) {
    if (line.isBlank()) {
      return false;
    }
    try {
      JsonNode node = HttpJson.JSON.readTree(line);
      JsonNode result = node.path("result");
      return node.has("error")
          || result.path("canceled").asBoolean(false)
          || result.path("events").size() > 0;
    } catch (JsonProcessingException e) {
      throw FoursightException.unavailable("etcd answered a watch with " + HttpJson.shorten(line));
    }
  }

  @Override
  public Duration retryDelay() {
    return Duration.ofMillis(50);
  }

  @Override
  public String describe() {
    return "etcd at " + String.join(", ", http.urls());
  }
}
