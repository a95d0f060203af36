package io.foursight.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import io.foursight.runtime.http.SocketHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Doors doors =
      new Doors(
          DoorsTest.config(-1, 1 << 20, 100),
          new TenantScope(true, false),
          new SimpleMeterRegistry());

  @AfterEach
  void close() {
    doors.stop(Deadline.after(Duration.ofSeconds(5)));
    http.close();
  }

  @Test
  void frames_arriveInOrderAndTheEndIsNormal() throws Exception {
    var client =
        connect(
            call -> {
              String tenant = call.tenant().value();
              String query = call.parameter("query").orElse("");
              return socket -> {
                assertThat(socket.send(utf8(tenant), PATIENCE)).isTrue();
                assertThat(socket.send(utf8(query), PATIENCE)).isTrue();
              };
            },
            "/tail?query=%7Ba%3D%22%C3%A4%22%7D");
    assertThat(client.received.poll(5, TimeUnit.SECONDS)).isEqualTo("t1");
    assertThat(client.received.poll(5, TimeUnit.SECONDS)).isEqualTo("{a=\"ä\"}");
    assertThat(client.closed.get(5, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
  }

  @Test
  void aRefusalBeforeTheUpgrade_isAnOrdinaryReply() {
    assertThatThrownBy(() ->
            connect(
                call -> {
                  throw FoursightException.badData("parse error at line 1");
                },
                "/tail"))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(400));
  }

  @Test
  void aRequestWithoutUpgrade_isRefused() throws Exception {
    open(call -> socket -> {});
    var request = HttpRequest.newBuilder(URI.create("http" + address() + "/tail")).build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
  }

  @Test
  void aClientThatLeaves_endsTheSession() throws Exception {
    var cancelled = new AtomicBoolean();
    var ended = new CompletableFuture<Boolean>();
    var client =
        connect(
            call -> {
              call.onCancel(() -> cancelled.set(true));
              return socket -> {
                await().atMost(PATIENCE).until(() -> !socket.isOpen());
                ended.complete(socket.send(utf8("late"), PATIENCE));
              };
            },
            "/tail");
    client.socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(cancelled).isTrue();
  }

  /// Why it matters: followed queries last for hours, a stop must not wait for them.
  @Test
  void aStop_endsTheSession_andTellsTheClient() throws Exception {
    var ended = new CompletableFuture<Boolean>();
    var client =
        connect(
            call ->
                socket -> {
                  assertThat(socket.send(utf8("first"), PATIENCE)).isTrue();
                  await().atMost(PATIENCE).until(() -> !socket.isOpen());
                  ended.complete(true);
                },
            "/tail");
    assertThat(client.received.poll(5, TimeUnit.SECONDS)).isEqualTo("first");
    doors.stop(Deadline.after(Duration.ofSeconds(60)));
    assertThat(client.closed.get(5, TimeUnit.SECONDS)).isEqualTo(1001);
    assertThat(ended.get(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aClientThatDoesNotRead_isNoticedBySend() throws Exception {
    var result = new CompletableFuture<Boolean>();
    open(call ->
        socket -> {
          byte[] large = new byte[1 << 20];
          Arrays.fill(large, (byte) 'x');
          boolean taken = true;
          for (int i = 0; taken && i < 1000; i++) {
            taken = socket.send(large, Duration.ofMillis(300));
          }
          result.complete(taken);
        });
    var silent =
        http.newWebSocketBuilder()
            .header("X-Scope-OrgID", "t1")
            .buildAsync(
                URI.create("ws" + address() + "/tail"),
                new WebSocket.Listener() {
                  @Override
                  public void onOpen(WebSocket socket) {
                    // Asks for nothing.
                  }
                })
            .join();
    assertThat(result.get(60, TimeUnit.SECONDS)).isFalse();
    silent.abort();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void open(SocketHandler handler) {
    doors.addSocket(Door.MAIN, "/tail", "tail", ErrorShape.TEXT, handler);
    doors.start();
    doors.open();
  }

  private String address() {
    return "://127.0.0.1:" + doors.address(Door.MAIN).orElseThrow().getPort();
  }

  private Client connect(SocketHandler handler, String path) {
    open(handler);
    var client = new Client();
    client.socket =
        http.newWebSocketBuilder()
            .header("X-Scope-OrgID", "t1")
            .buildAsync(URI.create("ws" + address() + path), client)
            .join();
    return client;
  }

  private static final class Client implements WebSocket.Listener {
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    WebSocket socket;

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        received.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }
  }
}
