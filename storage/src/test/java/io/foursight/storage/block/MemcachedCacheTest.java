package io.foursight.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class MemcachedCacheTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private MemcachedCache cache(int port) {
    return new MemcachedCache(List.of("127.0.0.1:" + port), Duration.ofMillis(500), registry);
  }

  @Test
  void entries_comeBackFromTheServer() throws Exception {
    byte[] page = new byte[PageCache.PAGE_BYTES];
    page[77] = 7;
    try (var server = new TextServer();
        var cache = cache(server.port())) {
      cache.put("tenant/block/index#0", page);
      cache.put("tenant/block/index#1", new byte[] {1, 2, 3});
      await().untilAsserted(() -> assertThat(server.entries).hasSize(2));
      Map<String, byte[]> found =
          cache.get(List.of("tenant/block/index#0", "tenant/block/index#1", "absent"));
      assertThat(found).hasSize(2);
      assertThat(found.get("tenant/block/index#0")).isEqualTo(page);
      assertThat(server.entries.keySet()).allMatch(key -> key.matches("fs1:[0-9a-f]{64}"));
    }
  }

  /// What one process fetched the next one finds.
  @Test
  void tieredCaches_shareThroughTheServer() throws Exception {
    try (var server = new TextServer();
        var one = new TieredCache(new HeapCache(1 << 20, registry), cache(server.port()));
        var other = new TieredCache(new HeapCache(1 << 20, registry), cache(server.port()))) {
      one.put("k", new byte[] {5});
      await().untilAsserted(() -> assertThat(server.entries).hasSize(1));
      assertThat(other.get(List.of("k")).get("k")).containsExactly(5);
      server.entries.clear();
      assertThat(other.get(List.of("k")).get("k")).containsExactly(5);
    }
  }

  @Test
  void serverThatIsDown_isAMissAndIsLeftAlone() throws Exception {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (var cache = cache(port)) {
      for (int i = 0; i < 8; i++) {
        assertThat(cache.get(List.of("k"))).isEmpty();
      }
      cache.put("k", new byte[1]);
      assertThat(registry.counter("foursight_memcached_failures_total").count()).isEqualTo(5);
      assertThat(registry.counter("foursight_memcached_refused_total").count()).isEqualTo(4);
    }
  }

  @Test
  void badAddress_isNamed() {
    assertThatThrownBy(
            () -> new MemcachedCache(List.of("nowhere"), Duration.ofSeconds(1), registry))
        .hasMessageContaining("\"nowhere\"");
  }

  /// `get` and `set` of memcached's text protocol
  /// (https://github.com/memcached/memcached/blob/master/doc/protocol.txt), in memory.
  private static final class TextServer implements AutoCloseable {
    final Map<String, byte[]> entries = new ConcurrentHashMap<>();
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    TextServer() throws IOException {
      Thread.startVirtualThread(this::accept);
    }

    int port() {
      return socket.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = socket.accept();
          Thread.startVirtualThread(() -> serve(client));
        }
      } catch (IOException e) {
        return; // closed
      }
    }

    private void serve(Socket client) {
      try (client) {
        InputStream in = new BufferedInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          String[] words = line.split(" ");
          switch (words[0]) {
            case "get", "gets" -> {
              for (int i = 1; i < words.length; i++) {
                byte[] value = entries.get(words[i]);
                if (value != null) {
                  write(out, "VALUE " + words[i] + " 0 " + value.length + "\r\n");
                  out.write(value);
                  write(out, "\r\n");
                }
              }
              write(out, "END\r\n");
            }
            case "set" -> {
              entries.put(words[1], in.readNBytes(Integer.parseInt(words[4])));
              in.readNBytes(2);
              if (!line.endsWith("noreply")) {
                write(out, "STORED\r\n");
              }
            }
            case "version" -> write(out, "VERSION 1.6.0\r\n");
            default -> write(out, "ERROR\r\n");
          }
          out.flush();
        }
      } catch (IOException e) {
        return; // the client went away
      }
    }

    private static String line(InputStream in) throws IOException {
      var line = new ByteArrayOutputStream();
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        if (c != '\r') {
          line.write(c);
        }
      }
      return line.toString(StandardCharsets.US_ASCII);
    }

    private static void write(OutputStream out, String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
