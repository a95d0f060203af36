package io.foursight.ring.kv;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/// Keys with revisions behind an HTTP server of this JVM: what the fakes of etcd and Consul share.
abstract class FakeServer implements AutoCloseable {
  record Entry(byte[] value, long created, long modified) {}

  final Map<String, Entry> entries = new TreeMap<>();
  long revision = 1;
  volatile boolean broken;
  private final HttpServer server;

  FakeServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            if (broken) {
              reply(exchange, 503, "no leader");
            } else {
              handle(exchange);
            }
          }
        });
    server.start();
  }

  abstract void handle(HttpExchange exchange) throws IOException;

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  synchronized long put(String key, byte[] value) {
    revision++;
    Entry before = entries.get(key);
    entries.put(key, new Entry(value, before == null ? revision : before.created(), revision));
    notifyAll();
    return revision;
  }

  synchronized void forgetAll() {
    entries.clear();
    revision = 1;
    notifyAll();
  }

  static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
