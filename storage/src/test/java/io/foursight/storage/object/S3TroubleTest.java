package io.foursight.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A service that is up and does the wrong thing: what it says must never be taken for data.
class S3TroubleTest {
  private interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile Reply reply;
  private HttpServer server;
  private S3ObjectStore store;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          try (exchange) {
            reply.to(exchange);
          }
        });
    server.start();
    store =
        new S3ObjectStore(
            new S3Config(
                "127.0.0.1:" + server.getAddress().getPort(), "", "bucket", "k", "s", true, true),
            "bucket");
  }

  @AfterEach
  void stop() {
    store.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private static Reply error(int status, String code) {
    return exchange -> {
      byte[] body =
          ("<Error><Code>" + code + "</Code><Message>m</Message></Error>")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/xml");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    };
  }

  private static ErrorKind kind(Throwable e) {
    return ((FoursightException) e).kind();
  }

  @Test
  void serviceThatIsBusy_isUnavailable_andRetriedByWhoeverRetries() {
    reply = error(503, "SlowDown");
    assertThatThrownBy(() -> store.get("a"))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessageContaining("a");
    assertThatThrownBy(() -> store.put("a", new byte[3]))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UNAVAILABLE));
    assertThatThrownBy(() -> store.listFolder(""))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UNAVAILABLE));
    assertThatThrownBy(() -> store.delete("a"))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UNAVAILABLE));
    assertThat(requests).as("the SDK does not retry by itself").hasValue(4);
  }

  @Test
  void wrongCredentials_areInternal_sinceTryingAgainIsOfNoUse() {
    reply = error(403, "AccessDenied");
    assertThatThrownBy(() -> store.get("a"))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.INTERNAL));
  }

  /// A body that ends before its announced length is no object.
  @Test
  void truncatedBody_isAnError_neverShorterData() {
    reply =
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write(new byte[400]);
        };
    assertThatThrownBy(() -> store.get("a"))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UNAVAILABLE));
    reply =
        exchange -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes 0-999/2000");
          exchange.sendResponseHeaders(206, 1000);
          exchange.getResponseBody().write(new byte[400]);
        };
    assertThatThrownBy(() -> store.get("a", 0, 1000))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UNAVAILABLE));
  }

  @Test
  void nonsenseInsteadOfAListing_isAnError() {
    reply =
        exchange -> {
          byte[] body = "<html>proxy login</html>".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(502, body.length);
          exchange.getResponseBody().write(body);
        };
    assertThatThrownBy(() -> store.listFolder(""))
        .satisfies(e -> assertThat(kind(e)).isEqualTo(ErrorKind.UNAVAILABLE));
  }
}
