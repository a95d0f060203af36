package io.foursight.ring.kv;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/// The part of Consul's KV API that we use, as its HTTP API documentation says: `ModifyIndex`,
/// `X-Consul-Index`, blocking queries with `index` and `wait`, `cas`.
final class FakeConsul extends FakeServer {
  volatile String wantedToken = "";

  @Override
  void handle(HttpExchange exchange) throws IOException {
    String token = exchange.getRequestHeaders().getFirst("X-Consul-Token");
    if (!wantedToken.isEmpty() && !wantedToken.equals(token)) {
      reply(exchange, 403, "Permission denied");
      return;
    }
    String path = exchange.getRequestURI().getPath();
    String key = path.substring("/v1/kv/".length());
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getRequestURI().getQuery();
    for (String part : raw == null ? new String[0] : raw.split("&")) {
      int equals = part.indexOf('=');
      query.put(equals < 0 ? part : part.substring(0, equals), part.substring(equals + 1));
    }
    if (exchange.getRequestMethod().equals("PUT")) {
      byte[] value = exchange.getRequestBody().readAllBytes();
      synchronized (this) {
        Entry now = entries.get(key);
        long has = now == null ? 0 : now.modified();
        boolean taken = !query.containsKey("cas") || Long.parseLong(query.get("cas")) == has;
        if (taken) {
          put(key, value);
        }
        reply(exchange, 200, taken ? "true" : "false");
      }
      return;
    }
    Entry entry;
    long index;
    synchronized (this) {
      long after = Long.parseLong(query.getOrDefault("index", "0"));
      long until = System.nanoTime() + 1_000_000_000L * seconds(query.getOrDefault("wait", "0s"));
      while (after > 0 && index(key) <= after && revision >= after && System.nanoTime() < until) {
        try {
          wait(100);
        } catch (InterruptedException e) {
          return;
        }
      }
      entry = entries.get(key);
      index = index(key);
    }
    exchange.getResponseHeaders().set("X-Consul-Index", String.valueOf(index));
    if (entry == null) {
      reply(exchange, 404, "");
      return;
    }
    reply(
        exchange,
        200,
        "[{\"LockIndex\":0,\"Key\":\""
            + key
            + "\",\"Flags\":0,\"Value\":\""
            + Base64.getEncoder().encodeToString(entry.value())
            + "\",\"CreateIndex\":"
            + entry.created()
            + ",\"ModifyIndex\":"
            + entry.modified()
            + "}]");
  }

  private synchronized long index(String key) {
    Entry entry = entries.get(key);
    return entry == null ? revision : entry.modified();
  }

  private static long seconds(String text) {
    return Long.parseLong(text.replace("s", ""));
  }
}
