package io.foursight.ring.kv;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The part of etcd's JSON gateway that we use, as its API documentation says: base64 keys and
/// values, numbers as text, `range`, `txn` with one compare and one put, `watch` as a stream of
/// lines.
final class FakeEtcd extends FakeServer {
  private static final ObjectMapper JSON = new ObjectMapper();
  volatile boolean wantsLogin;
  volatile int logins;

  @Override
  void handle(HttpExchange exchange) throws IOException {
    JsonNode body = JSON.readTree(exchange.getRequestBody());
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/v3/auth/authenticate")) {
      boolean right =
          body.path("name").asText().equals("u") && body.path("password").asText().equals("p");
      logins++;
      reply(
          exchange,
          right ? 200 : 400,
          right
              ? "{\"header\":{},\"token\":\"t" + logins + "\"}"
              : "{\"error\":\"etcdserver: authentication failed, invalid user ID or"
                  + " password\",\"code\":3}");
      return;
    }
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    if (wantsLogin && !("t" + logins).equals(token)) {
      reply(exchange, 401, "{\"error\":\"etcdserver: invalid auth token\",\"code\":16}");
      return;
    }
    switch (path) {
      case "/v3/kv/range" -> reply(exchange, 200, range(text(body.path("key"))));
      case "/v3/kv/txn" -> reply(exchange, 200, txn(body));
      case "/v3/watch" -> watch(exchange, body.path("create_request"));
      default -> reply(exchange, 404, "Not Found");
    }
  }

  private static String text(JsonNode base64) {
    return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.UTF_8);
  }

  private synchronized String range(String key) {
    Entry entry = entries.get(key);
    String header = "{\"header\":{\"revision\":\"" + revision + "\"}";
    return entry == null
        ? header + "}"
        : header + ",\"kvs\":[" + kv(key, entry) + "],\"count\":\"1\"}";
  }

  private static String kv(String key, Entry entry) {
    return "{\"key\":\""
        + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8))
        + "\",\"create_revision\":\""
        + entry.created()
        + "\",\"mod_revision\":\""
        + entry.modified()
        + "\",\"version\":\"1\",\"value\":\""
        + Base64.getEncoder().encodeToString(entry.value())
        + "\"}";
  }

  private synchronized String txn(JsonNode body) {
    JsonNode compare = body.path("compare").path(0);
    Entry now = entries.get(text(compare.path("key")));
    boolean equal =
        compare.path("target").asText().equals("MOD")
            && compare.path("result").asText().equals("EQUAL")
            && compare.path("mod_revision").asLong() == (now == null ? 0 : now.modified());
    if (equal) {
      JsonNode put = body.path("success").path(0).path("request_put");
      put(text(put.path("key")), Base64.getDecoder().decode(put.path("value").asText()));
    }
    String header = "{\"header\":{\"revision\":\"" + revision + "\"}";
    return equal ? header + ",\"succeeded\":true}" : header + "}";
  }

  private void watch(HttpExchange exchange, JsonNode request) throws IOException {
    String key = text(request.path("key"));
    long from = request.path("start_revision").asLong();
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    line(out, "{\"result\":{\"header\":{},\"created\":true}}");
    while (!broken) {
      Entry entry;
      synchronized (this) {
        entry = entries.get(key);
        if (entry == null || entry.modified() < from) {
          try {
            wait(100);
          } catch (InterruptedException e) {
            return;
          }
          continue;
        }
        from = entry.modified() + 1;
      }
      line(out, "{\"result\":{\"header\":{},\"events\":[{\"kv\":" + kv(key, entry) + "}]}}");
    }
  }

  private static void line(OutputStream out, String line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
