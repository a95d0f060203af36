package io.foursight.ring.kv;

import com.fasterxml.jackson.databind.JsonNode;
import io.foursight.model.FoursightException;
import io.foursight.ring.config.ConsulConfig;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Consul's KV store (HTTP API v1): `GET /v1/kv/KEY` with `index` and `wait` for blocking queries,
/// `PUT /v1/kv/KEY?cas=ModifyIndex` for conditional writes.
public final class ConsulKeys implements Keys {
  private final ConsulConfig config;
  private final String prefix;
  private final HttpJson http;
  private long lastWatch;

  public ConsulKeys(ConsulConfig config, String prefix) {
    this.config = config;
    this.prefix = prefix;
    this.http = new HttpJson(List.of(config.host()), false, config.httpClientTimeout());
  }

  private String path(String key) {
    StringBuilder path = new StringBuilder("/v1/kv");
    for (String segment : (prefix + key).split("/")) {
      if (!segment.isEmpty()) {
        path.append('/').append(URLEncoder.encode(segment, StandardCharsets.UTF_8));
      }
    }
    return path.toString();
  }

  private HttpRequest.Builder request(String base, String path) {
    HttpRequest.Builder request = http.request(base, path);
    if (!config.aclToken().isEmpty()) {
      request.header("X-Consul-Token", config.aclToken());
    }
    return request;
  }

  @Override
  public Versioned get(String key) {
    String query = config.consistentReads() ? "?consistent" : "";
    return versioned(http.send(base -> request(base, path(key) + query).GET().build()));
  }

  private static Versioned versioned(HttpJson.Reply reply) {
    long index = reply.headers().firstValue("X-Consul-Index").map(ConsulKeys::number).orElse(0L);
    if (reply.status() == 404) {
      return new Versioned(Optional.empty(), 0, index);
    }
    JsonNode entry = reply.body().path(0);
    if (reply.status() != 200 || !entry.path("ModifyIndex").isIntegralNumber()) {
      throw unexpected(reply);
    }
    try {
      byte[] value = Base64.getDecoder().decode(entry.path("Value").asText(""));
      return new Versioned(Optional.of(value), entry.path("ModifyIndex").asLong(), index);
    } catch (IllegalArgumentException e) {
      throw unexpected(reply);
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static FoursightException unexpected(HttpJson.Reply reply) {
    return FoursightException.unavailable(
        "Consul answered "
            + reply.status()
            + ": "
            + HttpJson.shorten(
                reply.body().isTextual() ? reply.body().asText() : reply.body().toString()));
  }

  @Override
  public boolean putIf(String key, long version, byte[] value) {
    HttpJson.Reply reply =
        http.send(base ->
            request(base, path(key) + "?cas=" + version)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(value))
                .build());
    if (reply.status() != 200 || !reply.body().isBoolean()) {
      throw unexpected(reply);
    }
    return reply.body().asBoolean();
  }

  /// An index that went back means that the server was reset: the caller starts over.
  @Override
  public Versioned await(String key, long index, Duration atMost) {
    slowDown();
    String query = "?index=" + index + "&wait=" + atMost.toSeconds() + "s";
    String mode = config.consistentReads() ? "&consistent" : "";
    Duration patience = config.httpClientTimeout().plus(atMost.multipliedBy(17).dividedBy(16));
    Versioned found =
        versioned(
            http.send(
                base -> request(base, path(key) + query + mode).timeout(patience).GET().build()));
    return found.index() < index ? new Versioned(found.value(), found.version(), 1) : found;
  }

  private void slowDown() {
    if (config.watchRateLimit() <= 0) {
      return;
    }
    long pause = (long) (1e9 / config.watchRateLimit());
    long wait;
    synchronized (this) {
      long now = System.nanoTime();
      long next = lastWatch == 0 ? now : Math.max(now, lastWatch + pause);
      lastWatch = next;
      wait = next - now;
    }
    try {
      Thread.sleep(Duration.ofNanos(wait));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while watching Consul");
    }
  }

  @Override
  public Duration retryDelay() {
    return config.casRetryDelay();
  }

  @Override
  public String describe() {
    return "consul at " + config.host();
  }
}
