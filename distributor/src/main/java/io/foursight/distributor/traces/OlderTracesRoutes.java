package io.foursight.distributor.traces;

import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.GrpcTenant;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import io.foursight.wire.rpc.RpcGrpcService;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The protocols from before OTLP, on the main and the traces door:
///
/// | path | what |
/// | --- | --- |
/// | `POST /api/v2/spans` | Zipkin v2, JSON or (`application/x-protobuf`) protobuf |
/// | `POST /api/v1/spans` | Zipkin v1, JSON |
/// | `POST /api/traces` | Jaeger's Thrift, `application/x-thrift` or `application/vnd.apache.thrift.{binary,compact}` |
/// | gRPC `jaeger.api_v2.CollectorService/PostSpans` | Jaeger's protobuf |
///
/// Answers are 202; 400 when the request is malformed or nothing of it is good (spans that are
/// refused beside others are only counted: these protocols cannot say so), 413, 415, 429 and 503
/// with `Retry-After`. Bodies are plain text.
public final class OlderTracesRoutes {
  private static final RpcMethod POST_SPANS =
      new RpcMethod("jaeger.api_v2.CollectorService", "PostSpans");

  private final TracesDistributor distributor;
  private final RetryAfter retryAfter;

  public OlderTracesRoutes(TracesDistributor distributor, RetryAfter retryAfter) {
    this.distributor = distributor;
    this.retryAfter = retryAfter;
  }

  public void register(HttpRoutes routes) {
    var grpc =
        new RpcGrpcService(new RpcService(POST_SPANS.service()).on(POST_SPANS, this::postSpans));
    for (Door door : List.of(Door.MAIN, Door.TRACES)) {
      add(routes, door, "/api/v2/spans", "api_v2_spans", call -> answer(call, "zipkin", this::v2));
      add(routes, door, "/api/v1/spans", "api_v1_spans", call -> answer(call, "zipkin", this::v1));
      add(
          routes,
          door,
          "/api/traces",
          "api_traces",
          call -> answer(call, "jaeger_thrift", this::thrift));
      routes.addGrpc(door, grpc);
    }
  }

  private static void add(
      HttpRoutes routes, Door door, String path, String name, HttpHandler handler) {
    routes.add(door, Set.of("POST"), path, name, ErrorShape.TEXT, handler);
  }

  /// How the body of a request is decoded.
  private interface Format {
    TracesDistributor.Decoding of(HttpCall call, byte[] body);
  }

  private HttpReply answer(HttpCall call, String route, Format format) {
    long start = System.nanoTime();
    HttpReply reply;
    try {
      TracesDistributor.Written written = write(call, format);
      reply =
          written.whole()
              ? failed(
                  call,
                  new FoursightException(
                      written.limited() ? ErrorKind.LIMIT_EXCEEDED : ErrorKind.BAD_DATA,
                      written.message()))
              : HttpReply.of(202);
    } catch (FoursightException e) {
      reply = failed(call, e);
    }
    distributor
        .metrics()
        .request(route, reply.status(), Duration.ofNanos(System.nanoTime() - start));
    return reply;
  }

  private TracesDistributor.Written write(HttpCall call, Format format) {
    TenantId tenant = call.tenant();
    distributor.admit();
    try (InflightBytes.Hold hold = distributor.inflight().hold()) {
      int received = call.rawBody().length;
      hold.add(received);
      long max = distributor.config().maxOtlpRequestSize().bytes();
      checkSize(received, max);
      byte[] body = call.body(max);
      // Spans are objects before they are written anew.
      hold.add(5L * body.length);
      return distributor.push(tenant, body.length, format.of(call, body));
    }
  }

  private static void checkSize(long size, long max) {
    if (size > max) {
      throw new FoursightException(
          ErrorKind.TOO_LARGE,
          "the push has "
              + size
              + " bytes, the limit is "
              + max
              + " (distributor.max_otlp_request_size)");
    }
  }

  private TracesDistributor.Decoding v2(HttpCall call, byte[] body) {
    String type = mediaType(call);
    return switch (type) {
      case "application/x-protobuf", "application/protobuf" ->
          s -> s.zipkin.protobuf(body, body.length, s.batch, s.refusals);
      case "", "application/json" -> s -> s.zipkin.json(body, body.length, s.batch, s.refusals);
      default -> throw unsupported(call, "application/json, application/x-protobuf");
    };
  }

  private TracesDistributor.Decoding v1(HttpCall call, byte[] body) {
    if (mediaType(call).equals("application/x-thrift")) {
      throw unsupported(call, "application/json");
    }
    return s -> s.zipkin.jsonV1(body, body.length, s.batch, s.refusals);
  }

  private TracesDistributor.Decoding thrift(HttpCall call, byte[] body) {
    return switch (mediaType(call)) {
      case "application/x-thrift", "application/vnd.apache.thrift.binary" ->
          s -> s.jaeger.thrift(body, body.length, false, s.batch, s.refusals);
      case "application/vnd.apache.thrift.compact" ->
          s -> s.jaeger.thrift(body, body.length, true, s.batch, s.refusals);
      default ->
          throw unsupported(
              call,
              "application/x-thrift, application/vnd.apache.thrift.binary,"
                  + " application/vnd.apache.thrift.compact");
    };
  }

  private static FoursightException unsupported(HttpCall call, String supported) {
    return new FoursightException(
        ErrorKind.UNSUPPORTED_MEDIA,
        "unsupported content type: \""
            + call.header("content-type").orElse("")
            + "\", supported: ["
            + supported
            + "]");
  }

  private static String mediaType(HttpCall call) {
    String type = call.header("content-type").orElse("");
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
  }

  private HttpReply failed(HttpCall call, FoursightException e) {
    int status =
        switch (e.kind()) {
          case BAD_DATA, QUERY_LIMIT, EXECUTION -> 400;
          case TOO_LARGE -> 413;
          case UNSUPPORTED_MEDIA -> 415;
          case LIMIT_EXCEEDED -> 429;
          case UNAUTHENTICATED -> 401;
          case NOT_FOUND -> 404;
          case CONFLICT -> 409;
          case CANCELED -> 499;
          case UNAVAILABLE, UNIMPLEMENTED, TIMEOUT -> 503;
          case CORRUPT, INTERNAL -> 500;
        };
    HttpReply reply = HttpReply.text(status, e.getMessage() + "\n");
    if (status == 429 || status >= 500) {
      reply.header(
          "retry-after", Integer.toString(retryAfter.seconds(call.header("retry-attempt"))));
    }
    return reply;
  }

  private void postSpans(RpcHandler.Call call) {
    long start = System.nanoTime();
    int code = 2;
    try {
      TenantId tenant = GrpcTenant.current();
      distributor.admit();
      byte[] body = call.request();
      try (InflightBytes.Hold hold = distributor.inflight().hold()) {
        hold.add(5L * body.length);
        checkSize(body.length, distributor.config().maxOtlpRequestSize().bytes());
        TracesDistributor.Written written =
            distributor.push(
                tenant,
                body.length,
                s -> s.jaeger.protobuf(body, body.length, s.batch, s.refusals));
        if (written.whole()) {
          throw new FoursightException(
              written.limited() ? ErrorKind.LIMIT_EXCEEDED : ErrorKind.BAD_DATA, written.message());
        }
      }
      call.send(new byte[0]);
      code = 0;
    } finally {
      distributor
          .metrics()
          .request("jaeger_grpc", code, Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
