package io.foursight.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.WebClient;
import io.foursight.config.ByteSize;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DoorsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final HttpClient http = HttpClient.newHttpClient();
  private Doors doors = doors(new TenantScope(false, false), 1 << 20, 100);

  @AfterEach
  void close() {
    doors.stop(Deadline.after(Duration.ofSeconds(5)));
    http.close();
  }

  @Test
  void parametersOfUrlAndForm_comeInOrder() throws Exception {
    route("POST", "/p", call -> HttpReply.text(200, call.parameters().toString()));
    open();
    var reply =
        send(
            request("/p?a=1&b=%2B&a=2&c")
                .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
                .POST(BodyPublishers.ofString("a=3+4&match%5B%5D=%7Bx%3D%22y%22%7D")));
    assertThat(reply.body()).isEqualTo("{a=[1, 2, 3 4], b=[+], c=[], match[]=[{x=\"y\"}]}");
  }

  /// `curl --data-binary` says of every body that it is a form.
  @Test
  void parametersOfTheUrlAlone_leaveABinaryBodyThatIsCalledAForm() throws Exception {
    route("POST", "/p", call -> HttpReply.text(200, call.urlParameters().toString()));
    open();
    var reply =
        send(
            request("/p?a=1&b=%2B")
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofByteArray(new byte[] {'%', (byte) 0xff, '&', 0, '='})));
    assertThat(reply.body()).isEqualTo("{a=[1], b=[+]}");
  }

  @Test
  void http2WithoutTls_worksOnTheSamePort() throws Exception {
    route("GET", "/p", call -> HttpReply.text(200, "x"));
    open();
    for (var version : HttpClient.Version.values()) {
      if (version == HttpClient.Version.HTTP_1_1 || version == HttpClient.Version.HTTP_2) {
        var reply = send(request("/p").version(version));
        assertThat(reply.version()).isEqualTo(version);
        assertThat(reply.body()).isEqualTo("x");
      }
    }
  }

  @Test
  void bodies_areDecodedByTheirEncoding() throws Exception {
    route("POST", "/b", call -> HttpReply.of(200, "a/b", call.body(1000)));
    open();
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write("hello".getBytes(StandardCharsets.UTF_8));
    }
    var reply =
        send(
            request("/b")
                .header("content-encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(out.toByteArray())));
    assertThat(reply.body()).isEqualTo("hello");
    var unknown =
        send(request("/b").header("content-encoding", "br").POST(BodyPublishers.ofString("x")));
    assertThat(unknown.statusCode()).isEqualTo(415);
  }

  @Test
  void aBodyPastTheDoorsBound_is413_andTheServerGoesOn() throws Exception {
    route("POST", "/b", call -> HttpReply.of(204));
    open();
    var reply = send(request("/b").POST(BodyPublishers.ofByteArray(new byte[(1 << 20) + 1])));
    assertThat(reply.statusCode()).isEqualTo(413);
    assertThat(reply.body()).contains("1048576 bytes (server.max_request_body_size)");
    assertThat(send(request("/b").POST(BodyPublishers.ofByteArray(new byte[1 << 20]))).statusCode())
        .isEqualTo(204);
  }

  /// A client over HTTP/2 that writes before it reads gets the answer, not a reset stream.
  @Test
  void refusalsOfLargeBodies_reachClientsOfHttp2() {
    route("POST", "/b", call -> HttpReply.of(204));
    open();
    WebClient client =
        WebClient.of("h2c://127.0.0.1:" + doors.address(Door.MAIN).orElseThrow().getPort());
    for (int i = 0; i < 10; i++) {
      var tooLarge = client.post("/b", new byte[3 << 20]).aggregate().join();
      assertThat(tooLarge.status().code()).isEqualTo(413);
      assertThat(tooLarge.contentUtf8()).contains("(server.max_request_body_size)");
      assertThat(client.post("/none", new byte[3 << 20]).aggregate().join().status().code())
          .isEqualTo(404);
      var put = client.put("/b", new byte[3 << 20]).aggregate().join();
      assertThat(put.status().code()).isEqualTo(405);
    }
    doors.refuse("stopping");
    assertThat(client.post("/b", new byte[3 << 20]).aggregate().join().status().code())
        .isEqualTo(503);
  }

  @Test
  void anotherMethodIs405WithAllow_andAnUnknownPathIs404() throws Exception {
    route("POST", "/api/v1/push", call -> HttpReply.of(200));
    open();
    var reply = send(request("/api/v1/push"));
    assertThat(reply.statusCode()).isEqualTo(405);
    assertThat(reply.headers().firstValue("allow")).contains("POST");
    assertThat(send(request("/nothing")).statusCode()).isEqualTo(404);
  }

  @Test
  void failures_getTheStatusOfTheirKind_inTheShapeOfTheApi() throws Exception {
    ErrorShape shape =
        (status, e) ->
            HttpReply.json(
                e.kind() == ErrorKind.TIMEOUT ? 503 : status, "{\"e\":\"" + e.getMessage() + "\"}");
    doors.add(
        Door.MAIN,
        Set.of("GET"),
        "/fail/{kind}",
        "fail",
        shape,
        call -> {
          throw new FoursightException(ErrorKind.valueOf(call.pathParameter("kind")), "why");
        });
    route(
        "GET",
        "/bug",
        call -> {
          throw new IllegalStateException("secret detail");
        });
    route(
        "GET",
        "/error",
        call -> {
          throw new AssertionError("secret detail");
        });
    open();
    for (ErrorKind kind : ErrorKind.values()) {
      var reply = send(request("/fail/" + kind));
      assertThat(reply.statusCode())
          .isEqualTo(kind == ErrorKind.TIMEOUT ? 503 : StatusTable.http(kind));
      assertThat(reply.body()).isEqualTo("{\"e\":\"why\"}");
      assertThat(reply.headers().firstValue("retry-after").isPresent())
          .as(kind.name())
          .isEqualTo(reply.statusCode() == 429 || reply.statusCode() == 503);
    }
    for (String path : new String[] {"/bug", "/error"}) {
      var bug = send(request(path));
      assertThat(bug.statusCode()).isEqualTo(500);
      assertThat(bug.body()).doesNotContain("secret");
    }
  }

  @Test
  void replies_areGzippedOnlyWhenAcceptedAndWorthIt() throws Exception {
    String big = "{\"a\":\"" + "x".repeat(5000) + "\"}";
    route("GET", "/big", call -> HttpReply.json(200, big));
    route("GET", "/small", call -> HttpReply.json(200, "{}"));
    route(
        "GET",
        "/stream",
        call ->
            HttpReply.stream(
                200, "application/json", out -> out.write(big.getBytes(StandardCharsets.UTF_8))));
    open();
    for (String path : new String[] {"/big", "/stream"}) {
      var packed =
          http.send(
              request(path).header("accept-encoding", "gzip").build(), BodyHandlers.ofByteArray());
      assertThat(packed.headers().firstValue("content-encoding")).contains("gzip");
      assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
          .asString()
          .isEqualTo(big);
      assertThat(send(request(path)).body()).isEqualTo(big);
    }
    var small = send(request("/small").header("accept-encoding", "gzip"));
    assertThat(small.headers().firstValue("content-encoding")).isEmpty();
  }

  /// A slow reader must slow the writer: nothing piles up in the server.
  @Test
  void aStreamedReply_waitsForItsReader_andEndsWhenTheClientGoesAway() throws Exception {
    var written = new AtomicLong();
    var canceled = new CountDownLatch(1);
    route(
        "GET",
        "/endless",
        call -> {
          call.onCancel(canceled::countDown);
          return HttpReply.stream(
              200,
              "application/octet-stream",
              out -> {
                byte[] piece = new byte[64 * 1024];
                while (true) {
                  out.write(piece);
                  written.addAndGet(piece.length);
                }
              });
        });
    open();
    try (var socket = new Socket("127.0.0.1", port())) {
      socket
          .getOutputStream()
          .write("GET /endless HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      await().until(() -> written.get() > 0);
      await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(20))
          .until(
              new Callable<Boolean>() {
                private long before = -1;

                @Override
                public Boolean call() {
                  boolean still = written.get() == before;
                  before = written.get();
                  return still;
                }
              });
      assertThat(written.get()).isLessThan(64 << 20);
    }
    assertThat(canceled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aClientThatGoesAway_cancelsItsCall() throws Exception {
    var started = new CountDownLatch(1);
    var canceled = new CountDownLatch(1);
    route(
        "GET",
        "/slow",
        call -> {
          call.onCancel(canceled::countDown);
          started.countDown();
          canceled.await();
          return HttpReply.of(200);
        });
    open();
    try (var socket = new Socket("127.0.0.1", port())) {
      socket
          .getOutputStream()
          .write("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      started.await();
    }
    assertThat(canceled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void beforeOpen_onlyTheAlwaysOnRoutesAnswer() throws Exception {
    route("GET", "/data", call -> HttpReply.of(200));
    doors.addAlways(Set.of("GET"), "/ready", "ready", call -> HttpReply.text(503, "starting"));
    doors.start();
    assertThat(send(request("/data")).statusCode()).isEqualTo(503);
    assertThat(send(request("/ready")).body()).isEqualTo("starting");
    doors.open();
    assertThat(send(request("/data")).statusCode()).isEqualTo(200);
    doors.refuse("stopping");
    var refused = send(request("/data"));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).isEqualTo("stopping\n");
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
  }

  @Test
  void stop_letsARunningRequestEnd() throws Exception {
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    route(
        "GET",
        "/slow",
        call -> {
          started.countDown();
          release.await();
          return HttpReply.text(200, "done");
        });
    open();
    var reply = http.sendAsync(request("/slow").build(), BodyHandlers.ofString());
    started.await();
    var stopped = new AtomicBoolean();
    Thread stopper =
        Thread.startVirtualThread(() -> {
          doors.stop(Deadline.after(Duration.ofSeconds(20)));
          stopped.set(true);
        });
    await().during(Duration.ofMillis(200)).until(() -> !stopped.get());
    release.countDown();
    assertThat(reply.get().body()).isEqualTo("done");
    stopper.join();
  }

  @Test
  void aTakenPort_isNamedWithTheFlagThatMovesItAndTheOneThatClosesIt() throws IOException {
    try (var taken = new ServerSocket(0)) {
      var config = config(taken.getLocalPort(), 1 << 20, 10);
      var blocked = new Doors(config, new TenantScope(false, false), registry);
      assertThatThrownBy(blocked::start)
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " is taken")
          .hasMessageContaining("-server.http-listen-port=PORT")
          .hasMessageContaining("or close it with -server.http-listen-port=0");
    }
  }

  @Test
  void withMultitenancy_theHeaderDecides() throws Exception {
    doors = doors(new TenantScope(true, true), 1 << 20, 10);
    route("GET", "/one", call -> HttpReply.text(200, call.tenant().value()));
    route("GET", "/many", call -> HttpReply.text(200, call.tenants().toString()));
    open();
    assertThat(send(request("/one")).statusCode()).isEqualTo(401);
    assertThat(send(request("/one")).body()).isEqualTo("no org id\n");
    assertThat(send(request("/one").header("X-Scope-OrgID", "a")).body()).isEqualTo("a");
    assertThat(send(request("/one").header("X-Scope-OrgID", "a|b")).statusCode()).isEqualTo(400);
    assertThat(send(request("/one").header("X-Scope-OrgID", "..")).statusCode()).isEqualTo(400);
    assertThat(send(request("/many").header("X-Scope-OrgID", "b|a|b")).body()).isEqualTo("[a, b]");
  }

  @Test
  void moreRequestsThanAllowed_wait() throws Exception {
    doors = doors(new TenantScope(false, false), 1 << 20, 2);
    var running = new AtomicLong();
    var most = new AtomicLong();
    route(
        "GET",
        "/work",
        call -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          Thread.yield();
          running.decrementAndGet();
          return HttpReply.of(200);
        });
    open();
    var replies =
        IntStream.range(0, 50)
            .mapToObj(i -> http.sendAsync(request("/work").build(), BodyHandlers.ofString()))
            .toList();
    for (var reply : replies) {
      assertThat(reply.get().statusCode()).isEqualTo(200);
    }
    assertThat(most.get()).isBetween(1L, 2L);
  }

  @Test
  void aDoorWithoutRoutes_staysClosed() {
    open();
    assertThat(doors.address(Door.MAIN)).isPresent();
    assertThat(doors.address(Door.LOGS)).isEmpty();
    assertThat(doors.describe()).isEqualTo("main=http://127.0.0.1:" + port());
  }

  @Test
  void aRouteOfAllDoors_answersWhereADoorIsOpen_andOpensNone() throws Exception {
    doors.addEverywhere(
        Set.of("POST"), "/flush", "flush", ErrorShape.TEXT, call -> HttpReply.of(204));
    doors.add(
        Door.LOGS, Set.of("GET"), "/l", "l", ErrorShape.TEXT, call -> HttpReply.text(200, "l"));
    open();
    assertThat(doors.address(Door.TRACES)).isEmpty();
    for (Door door : Set.of(Door.MAIN, Door.LOGS)) {
      int port = doors.address(door).orElseThrow().getPort();
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/flush"))
              .POST(BodyPublishers.noBody());
      assertThat(send(request).statusCode()).as(door.name()).isEqualTo(204);
    }
  }

  /// Nothing is waited for: an Armeria server wants its quiet period to be within the timeout.
  @Test
  void withoutAGracefulTimeout_theDoorsOpenAndCloseAtOnce() throws Exception {
    doors =
        new Doors(config(-1, 1 << 20, 100, Duration.ZERO), new TenantScope(false, false), registry);
    route("GET", "/p", call -> HttpReply.text(200, "x"));
    open();
    assertThat(send(request("/p")).body()).isEqualTo("x");
    long started = System.nanoTime();
    doors.stop(Deadline.after(Duration.ofSeconds(20)));
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
  }

  private void route(String method, String path, HttpHandler handler) {
    doors.add(Door.MAIN, Set.of(method), path, path.substring(1), ErrorShape.TEXT, handler);
  }

  private void open() {
    doors.start();
    doors.open();
  }

  private int port() {
    return doors.address(Door.MAIN).orElseThrow().getPort();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private Doors doors(TenantScope scope, int maxBody, int concurrent) {
    return new Doors(config(-1, maxBody, concurrent), scope, registry);
  }

  static ServerConfig config(int mainPort, int maxBody, int concurrent) {
    return config(mainPort, maxBody, concurrent, Duration.ofSeconds(10));
  }

  private static ServerConfig config(
      int mainPort, int maxBody, int concurrent, Duration gracefulTimeout) {
    return new ServerConfig(
        "127.0.0.1",
        mainPort,
        -1,
        -1,
        -1,
        -1,
        "127.0.0.1",
        -1,
        -1,
        new ByteSize(maxBody),
        concurrent,
        Duration.ofMinutes(1),
        gracefulTimeout,
        false,
        ServerTlsConfig.off(),
        ServerTlsConfig.off());
  }
}
