package io.foursight.runtime.server;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.ServiceOptions;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.websocket.WebSocketProtocolHandler;
import com.linecorp.armeria.server.websocket.WebSocketService;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import io.foursight.runtime.http.Socket;
import io.foursight.runtime.http.SocketHandler;
import io.foursight.runtime.http.SocketHandler.Session;
import io.netty.util.AttributeKey;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One path that answers WebSocket connections. The handler is asked before the upgrade, so that it
/// can refuse with an ordinary reply; then its session runs on a virtual thread until it ends or
/// the client goes away.
final class SocketService implements WebSocketService {
  private static final Logger log = LoggerFactory.getLogger(SocketService.class);
  private static final AttributeKey<Session> SESSION =
      AttributeKey.valueOf(SocketService.class, "SESSION");
  private static final AttributeKey<Cancellation> CANCELLATION =
      AttributeKey.valueOf(SocketService.class, "CANCELLATION");

  private final Door door;
  private final String name;
  private final ErrorShape errors;
  private final SocketHandler handler;
  private final Workers workers;
  private final TenantScope tenants;
  private final WebSocketService protocol;
  private final Set<WriterSocket> open = ConcurrentHashMap.newKeySet();

  SocketService(
      Door door,
      String name,
      ErrorShape errors,
      SocketHandler handler,
      Workers workers,
      TenantScope tenants) {
    this.door = door;
    this.name = name;
    this.errors = errors;
    this.handler = handler;
    this.workers = workers;
    this.tenants = tenants;
    // Clients that are no browsers send no Origin, and who may ask is decided by the tenant.
    this.protocol = WebSocketService.builder(this::connected).allowedOrigins("*").build();
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    long start = System.nanoTime();
    var answer = new CompletableFuture<HttpResponse>();
    var cancellation = new Cancellation();
    var refusal = workers.refusal();
    if (!wantsSocket(request)) {
      return refused(
          FoursightException.badData("this path answers WebSocket connections only"), start);
    }
    if (refusal.isPresent()) {
      return refused(FoursightException.unavailable(refusal.get()), start);
    }
    workers.run(
        () -> {
          HttpResponse response;
          try {
            var headers = AggregatedHttpRequest.of(request.headers());
            var call = new DoorCall(context, headers, Map.of(), tenants, cancellation);
            context.setAttr(SESSION, handler.open(call));
            context.setAttr(CANCELLATION, cancellation);
            response = protocol.serve(context, request);
            workers.metrics().answered(door, name, 101, System.nanoTime() - start);
          } catch (FoursightException e) {
            response = refused(e, start);
          } catch (Throwable e) {
            log.error("socket failed before its upgrade route={}", name, e);
            response =
                refused(new FoursightException(ErrorKind.INTERNAL, "internal error", e), start);
          }
          answer.complete(response);
        },
        e -> answer.complete(refused(e, start)),
        true);
    return HttpResponse.of(answer);
  }

  /// HTTP/1.1 asks with an `Upgrade` header (RFC 6455), HTTP/2 with `CONNECT` (RFC 8441).
  private static boolean wantsSocket(HttpRequest request) {
    return request.method() == HttpMethod.CONNECT
        || request.headers().get("upgrade", "").equalsIgnoreCase("websocket");
  }

  private HttpResponse refused(FoursightException e, long start) {
    HttpReply reply = errors.render(StatusTable.http(e.kind()), e);
    workers.metrics().answered(door, name, reply.status(), System.nanoTime() - start);
    var headers = ResponseHeaders.builder(reply.status());
    reply.headers().forEach(headers::set);
    return HttpResponse.of(headers.build(), HttpData.wrap(reply.body()));
  }

  @Override
  public WebSocket serve(ServiceRequestContext context, WebSocket in) throws Exception {
    return protocol.serve(context, in);
  }

  @Override
  public WebSocketProtocolHandler protocolHandler() {
    return protocol.protocolHandler();
  }

  @Override
  public ServiceOptions options() {
    return protocol.options();
  }

  private WebSocket connected(ServiceRequestContext context, WebSocket in) {
    WebSocketWriter out = WebSocket.streaming();
    Cancellation cancellation = context.attr(CANCELLATION);
    Session session = context.attr(SESSION);
    var socket = new WriterSocket(out, cancellation);
    open.add(socket);
    in.subscribe(new Ignored(cancellation));
    out.whenComplete()
        .handle((ended, failure) -> {
          cancellation.cancel();
          return ended;
        });
    Thread.ofVirtual().name("socket-" + name).start(() -> run(session, socket, cancellation));
    return out;
  }

  private void run(Session session, WriterSocket socket, Cancellation cancellation) {
    try {
      session.run(socket);
      socket.close(Socket.Code.NORMAL, "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      socket.close(Socket.Code.GOING_AWAY, "stopping");
    } catch (Exception e) {
      if (!cancellation.isCanceled()) {
        log.warn("socket ended by an error route={} cause={}", name, e.toString());
      }
      socket.close(Socket.Code.INTERNAL_ERROR, String.valueOf(e.getMessage()));
    } finally {
      open.remove(socket);
      cancellation.cancel();
    }
  }

  /// Sessions last as long as their clients like: while stopping they are ended.
  void endAll() {
    open.forEach(socket -> socket.close(Socket.Code.GOING_AWAY, "stopping"));
  }

  /// Reads what the client sends, to notice its close, and lets it go.
  private record Ignored(Cancellation cancellation) implements Subscriber<WebSocketFrame> {
    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(WebSocketFrame frame) {
      frame.close();
    }

    @Override
    public void onError(Throwable failure) {
      cancellation.cancel();
    }

    @Override
    public void onComplete() {
      cancellation.cancel();
    }
  }
}
