package io.foursight.runtime.server;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.ResponseHeaders;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;

/// The answering half of one gRPC call over Armeria. Each message waits until the one before has
/// left. Safe from several threads.
final class GrpcReply<Q, A> extends ServerCall<Q, A> {
  private final MethodDescriptor<Q, A> method;
  private final HttpResponseWriter writer;
  private final GrpcWire wire;
  private final boolean gzip;
  private final List<Runnable> onClosed = new ArrayList<>();
  private boolean headersSent;
  private volatile boolean closed;
  private volatile boolean cancelled;

  GrpcReply(MethodDescriptor<Q, A> method, HttpResponseWriter writer, GrpcWire wire, boolean gzip) {
    this.method = method;
    this.writer = writer;
    this.wire = wire;
    this.gzip = gzip;
  }

  /// An error before any service was asked.
  static void closeAtOnce(HttpResponseWriter writer, GrpcWire wire, Status status) {
    writer.write(headers(wire));
    writer.write(wire.trailers(trailers(status, new Metadata())));
    writer.close();
  }

  private static ResponseHeaders headers(GrpcWire wire) {
    return ResponseHeaders.builder(200)
        .set("content-type", wire.contentType())
        .set("grpc-accept-encoding", "identity,gzip")
        .build();
  }

  @Override
  public void request(int messages) {
    // The one message of the request has been received whole.
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!headersSent && !closed) {
      headersSent = true;
      var builder = headers(wire).toBuilder();
      if (gzip) {
        builder.set("grpc-encoding", "gzip");
      }
      copy(headers, builder::add);
      if (!writer.tryWrite(builder.build())) {
        cancelled = true;
      }
    }
  }

  @Override
  public void sendMessage(A message) {
    synchronized (this) {
      if (closed || cancelled) {
        return;
      }
      sendHeaders(new Metadata());
      try (InputStream bytes = method.streamResponse(message)) {
        if (!writer.tryWrite(HttpData.wrap(wire.encoded(GrpcFrames.frame(bytes, gzip))))) {
          cancelled = true;
          return;
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    if (!method.getType().serverSendsOneMessage()) {
      try {
        writer.whenConsumed().join();
      } catch (CompletionException e) {
        cancelled = true;
      }
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    List<Runnable> actions;
    synchronized (this) {
      if (closed) {
        return;
      }
      sendHeaders(new Metadata());
      closed = true;
      if (!writer.tryWrite(wire.trailers(trailers(status, trailers)))) {
        cancelled = true;
      }
      writer.close();
      actions = List.copyOf(onClosed);
    }
    actions.forEach(Runnable::run);
  }

  @Override
  public boolean isReady() {
    return !closed && !cancelled;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  boolean isClosed() {
    return closed;
  }

  void cancel() {
    cancelled = true;
  }

  void whenClosed(Runnable action) {
    synchronized (this) {
      if (!closed) {
        onClosed.add(action);
        return;
      }
    }
    action.run();
  }

  @Override
  public MethodDescriptor<Q, A> getMethodDescriptor() {
    return method;
  }

  private static HttpHeaders trailers(Status status, Metadata metadata) {
    HttpHeadersBuilder trailers = HttpHeaders.builder();
    trailers.endOfStream(true);
    trailers.set("grpc-status", String.valueOf(status.getCode().value()));
    if (status.getDescription() != null) {
      trailers.set("grpc-message", percentEncoded(status.getDescription()));
    }
    copy(metadata, trailers::add);
    return trailers.build();
  }

  private static void copy(Metadata metadata, BiConsumer<String, String> into) {
    for (String key : metadata.keys()) {
      if (key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        byte[] value = metadata.get(Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER));
        into.accept(key, Base64.getEncoder().withoutPadding().encodeToString(value));
      } else if (!key.startsWith("grpc-")) {
        into.accept(key, metadata.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER)));
      }
    }
  }

  /// As the gRPC protocol wants `grpc-message`.
  private static String percentEncoded(String text) {
    var out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0x20 && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append(String.format("%%%02X", b & 0xff));
      }
    }
    return out.toString();
  }
}
