package io.foursight.runtime.server;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TraceContext;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import io.foursight.runtime.server.RouteTable.Match;
import io.foursight.runtime.server.RouteTable.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that arrives at one HTTP door: finds the route, receives the body, runs the handler
/// on a virtual thread, sends its reply.
final class DoorService implements HttpService {
  private static final Logger log = LoggerFactory.getLogger(DoorService.class);
  private static final int GZIP_FROM_BYTES = 1024;

  private final Door door;
  private final RouteTable routes;
  private final GrpcAdapter grpc;
  private final Workers workers;
  private final TenantScope tenants;
  private final boolean logRequests;
  private final long maxBodyBytes;

  DoorService(
      Door door,
      RouteTable routes,
      GrpcAdapter grpc,
      Workers workers,
      TenantScope tenants,
      ServerConfig config) {
    this.door = door;
    this.routes = routes;
    this.grpc = grpc;
    this.workers = workers;
    this.tenants = tenants;
    this.logRequests = config.logRequests();
    this.maxBodyBytes = config.maxRequestBodySize().bytes();
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.headers().get("content-type", "").startsWith("application/grpc")) {
      // Not the server's own setting: that one answers by itself, without the API's error shape.
      context.setMaxRequestLength(maxBodyBytes);
      return grpc.serve(context, request);
    }
    long start = System.nanoTime();
    HttpResponseWriter writer = HttpResponse.streaming();
    Optional<Match> match = routes.find(context.path());
    Optional<Route> route = match.flatMap(m -> m.route(request.method().name()));
    var exchange = new Exchange(context, writer, route.map(Route::name).orElse("none"), start);
    if (route.isEmpty()) {
      HttpReply reply = match.map(this::methodNotAllowed).orElseGet(() -> notFound(context));
      RequestBody.ignore(context, request, () -> exchange.send(reply, false));
      return writer;
    }
    ErrorShape errors = route.get().errors();
    if (!route.get().always() && workers.refusal().isPresent()) {
      HttpReply reply = unavailable(errors, workers.refusal().get());
      RequestBody.ignore(context, request, () -> exchange.send(reply, false));
      return writer;
    }
    if (request.headers().contentLength() > maxBodyBytes) {
      HttpReply reply = render(errors, bodyTooLarge(request.headers().contentLength()));
      RequestBody.ignore(context, request, () -> exchange.send(reply, false));
      return writer;
    }
    RequestBody.receive(
        context,
        request,
        maxBodyBytes,
        new RequestBody.Receiver() {
          @Override
          public void received(byte[] body) {
            var whole = AggregatedHttpRequest.of(request.headers(), HttpData.wrap(body));
            workers.run(
                () ->
                    TraceContext.run(
                        TraceContext.of(
                            Optional.ofNullable(whole.headers().get(TraceContext.HEADER))),
                        () -> exchange.handle(route.get(), match.get(), whole)),
                refusal -> exchange.send(render(errors, refusal), false),
                !route.get().always());
          }

          @Override
          public void tooLarge(long bytes) {
            exchange.send(render(errors, bodyTooLarge(bytes)), false);
          }

          @Override
          public void failed(Throwable cause) {
            exchange.clientGone(cause);
          }
        });
    return writer;
  }

  private HttpReply methodNotAllowed(Match match) {
    return HttpReply.text(405, "method not allowed\n")
        .header("allow", String.join(", ", match.allowed()));
  }

  private HttpReply notFound(ServiceRequestContext context) {
    return HttpReply.text(404, "404 page not found: " + context.path() + "\n");
  }

  private static HttpReply unavailable(ErrorShape errors, String reason) {
    return render(errors, FoursightException.unavailable(reason));
  }

  private static HttpReply render(ErrorShape errors, FoursightException e) {
    HttpReply reply = errors.render(StatusTable.http(e.kind()), e);
    boolean retryable = reply.status() == 429 || reply.status() == 503;
    return retryable && !reply.headers().containsKey("retry-after")
        ? reply.header("retry-after", "5")
        : reply;
  }

  private FoursightException bodyTooLarge(long bytes) {
    return new FoursightException(
        ErrorKind.TOO_LARGE,
        "the request body is larger than the limit: at least "
            + bytes
            + " bytes, the limit is "
            + maxBodyBytes
            + " bytes (server.max_request_body_size)");
  }

  /// One request and its reply.
  private final class Exchange {
    private final ServiceRequestContext context;
    private final HttpResponseWriter writer;
    private final String route;
    private final long startNanos;
    private final Cancellation cancellation = new Cancellation();

    Exchange(
        ServiceRequestContext context, HttpResponseWriter writer, String route, long startNanos) {
      this.context = context;
      this.writer = writer;
      this.route = route;
      this.startNanos = startNanos;
      var unused =
          context
              .whenRequestCancelled()
              .thenAccept(cause -> Thread.startVirtualThread(cancellation::cancel));
      var alsoUnused =
          writer
              .whenComplete()
              .exceptionally(cause -> {
                Thread.startVirtualThread(cancellation::cancel);
                return null;
              });
    }

    void handle(Route route, Match match, AggregatedHttpRequest whole) {
      workers.metrics().started(whole.content().length());
      try {
        var call = new DoorCall(context, whole, match.parameters(), tenants, cancellation);
        boolean gzip = whole.headers().get("accept-encoding", "").contains("gzip");
        HttpReply reply;
        try {
          reply = route.handler().handle(call);
        } catch (FoursightException e) {
          if (e.kind() == ErrorKind.INTERNAL || e.kind() == ErrorKind.CORRUPT) {
            log.error("request failed route={} kind={}", route.name(), e.kind(), e);
          }
          reply = render(route.errors(), e);
        } catch (Throwable e) {
          log.error("request failed route={}", route.name(), e);
          reply =
              render(
                  route.errors(),
                  new FoursightException(
                      ErrorKind.INTERNAL, "internal error: " + e.getClass().getSimpleName(), e));
        }
        send(reply, gzip);
      } catch (Throwable e) {
        log.error("reply failed route={}", route.name(), e);
        writer.close(e);
      } finally {
        workers.metrics().finished();
      }
    }

    void clientGone(Throwable cause) {
      writer.close(cause);
    }

    /// @param gzip whether the client accepts it
    void send(HttpReply reply, boolean gzip) {
      boolean compress = gzip && isWorthGzip(reply);
      var headers = ResponseHeaders.builder(reply.status());
      reply.headers().forEach((name, value) -> headers.set(name.toLowerCase(Locale.ROOT), value));
      if (compress) {
        headers.set("content-encoding", "gzip");
        headers.set("vary", "accept-encoding");
      }
      boolean head = context.method() == HttpMethod.HEAD;
      int status = reply.status();
      if (head || status == 204 || status == 304) {
        writer.write(headers.build());
        writer.close();
      } else if (reply.writer().isPresent()) {
        writer.write(headers.build());
        stream(reply.writer().get(), compress);
      } else {
        byte[] body = compress ? gzipped(reply.body()) : reply.body();
        headers.contentLength(body.length);
        writer.write(headers.build());
        if (body.length > 0) {
          writer.write(HttpData.wrap(body));
        }
        writer.close();
      }
      finished(status);
    }

    private void stream(HttpReply.BodyWriter body, boolean compress) {
      try {
        OutputStream out = new ReplyStream(writer);
        OutputStream target = compress ? new GZIPOutputStream(out, 8192, true) : out;
        body.write(target);
        target.flush();
        if (target instanceof GZIPOutputStream gzip) {
          gzip.finish();
          out.flush();
        }
        writer.close();
      } catch (IOException | RuntimeException e) {
        if (!cancellation.isCanceled()) {
          log.warn("streamed reply cut short route={} cause={}", route, e.toString());
        }
        writer.close(e);
      }
    }

    private void finished(int status) {
      long nanos = System.nanoTime() - startNanos;
      workers.metrics().answered(door, route, status, nanos);
      if (logRequests) {
        log.info(
            "request method={} path={} status={} duration_ms={} trace_id={}",
            context.method(),
            context.path(),
            status,
            nanos / 1_000_000,
            TraceContext.currentId());
      }
    }
  }

  private static boolean isWorthGzip(HttpReply reply) {
    if (reply.headers().containsKey("content-encoding")) {
      return false;
    }
    String type = reply.headers().getOrDefault("content-type", "");
    boolean text = type.startsWith("text/") || type.contains("json") || type.contains("yaml");
    return text && (reply.writer().isPresent() || reply.body().length >= GZIP_FROM_BYTES);
  }

  private static byte[] gzipped(byte[] body) {
    var out = new ByteArrayOutputStream(body.length / 4 + 64);
    try (var gzip = new GZIPOutputStream(out, 8192)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }
}
