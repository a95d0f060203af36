package io.foursight.runtime.server;

import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import io.foursight.runtime.http.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Frames to an Armeria writer, one at a time: the next is not given before the last was consumed,
/// so nothing piles up for a client that does not read.
final class WriterSocket implements Socket {
  private static final int MAX_REASON_BYTES = 123;

  private final WebSocketWriter out;
  private final Cancellation cancellation;

  WriterSocket(WebSocketWriter out, Cancellation cancellation) {
    this.out = out;
    this.cancellation = cancellation;
  }

  @Override
  public boolean send(byte[] utf8, Duration patience) {
    if (!isOpen() || !out.tryWrite(WebSocketFrame.ofText(utf8))) {
      return false;
    }
    try {
      out.whenConsumed().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public boolean isOpen() {
    return out.isOpen() && !cancellation.isCanceled();
  }

  @Override
  public void close(Code code, String reason) {
    WebSocketCloseStatus status =
        switch (code) {
          case NORMAL -> WebSocketCloseStatus.NORMAL_CLOSURE;
          case GOING_AWAY -> WebSocketCloseStatus.ENDPOINT_UNAVAILABLE;
          case INTERNAL_ERROR -> WebSocketCloseStatus.INTERNAL_SERVER_ERROR;
        };
    if (out.isOpen()) {
      out.close(status, shortened(reason));
    }
  }

  private static String shortened(String reason) {
    String text = reason;
    while (text.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
      text = text.substring(0, text.offsetByCodePoints(text.length(), -1));
    }
    return text;
  }
}
