package io.foursight.distributor.logs;

import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import io.foursight.wire.otlp.OtlpJson;
import io.foursight.wire.otlp.OtlpReplies;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OTLP/HTTP for logs: `POST /otlp/v1/logs` (Loki's path) on the main and the logs door, `/v1/logs`
/// on the OTLP door, there with CORS for browsers.
///
/// | status | when |
/// | --- | --- |
/// | 200 | stored, also in part: then `partial_success` counts and explains |
/// | 400 | malformed, or everything was rejected |
/// | 413, 415 | too large; a content type or encoding that we do not speak |
/// | 429 | a rate limit; nothing is stored |
/// | 503 | any failure of ours: OTLP senders drop what is answered 500 |
///
/// Bodies are `ExportLogsServiceResponse` and `google.rpc.Status`, protobuf or JSON as the request
/// was; 429 and 503 carry `Retry-After`.
public final class OtlpLogsRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpLogsRoutes.class);
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final Set<String> ENCODINGS =
      Set.of("", "identity", "gzip", "zlib", "deflate", "snappy", "x-snappy-framed", "zstd", "lz4");

  private final OtlpLogsWriter writer;
  private final RetryAfter retryAfter;
  private final OtlpJson json = new OtlpJson();

  public OtlpLogsRoutes(LogsDistributor distributor, RetryAfter retryAfter) {
    this.writer = new OtlpLogsWriter(distributor);
    this.retryAfter = retryAfter;
  }

  public void register(HttpRoutes routes) {
    var post = Set.of("POST");
    ErrorShape shape =
        (status, error) ->
            HttpReply.of(
                status == 500 ? 503 : status,
                PROTOBUF,
                OtlpReplies.status(false, code(error.kind()), error.getMessage()));
    for (Door door : List.of(Door.MAIN, Door.LOGS)) {
      routes.add(door, post, "/otlp/v1/logs", "otlp_v1_logs", shape, this::export);
    }
    routes.add(
        Door.OTLP_HTTP, post, "/v1/logs", "v1_logs", shape, call -> allow(call, export(call)));
    routes.add(
        Door.OTLP_HTTP, Set.of("OPTIONS"), "/v1/logs", "v1_logs_cors", shape, this::preflight);
  }

  HttpReply export(HttpCall call) {
    long start = System.nanoTime();
    boolean asJson = mediaType(call).equals(JSON);
    HttpReply reply;
    try {
      OtlpLogsWriter.Written written = write(call, asJson);
      reply =
          written.isWholeRejection()
              ? rejected(call, asJson, written)
              : HttpReply.of(
                  200,
                  asJson ? JSON : PROTOBUF,
                  OtlpReplies.exported(
                      asJson, "rejectedLogRecords", written.rejected(), written.message()));
    } catch (FoursightException e) {
      reply = failed(call, asJson, e);
    } catch (RuntimeException e) {
      LOG.error("OTLP request failed component=distributor signal=logs", e);
      reply = failed(call, asJson, new FoursightException(ErrorKind.INTERNAL, "internal error", e));
    }
    writer
        .distributor()
        .metrics()
        .request("otlp_http", reply.status(), Duration.ofNanos(System.nanoTime() - start));
    return reply;
  }

  private OtlpLogsWriter.Written write(HttpCall call, boolean asJson) {
    if (!asJson && !mediaType(call).equals(PROTOBUF)) {
      throw new FoursightException(
          ErrorKind.UNSUPPORTED_MEDIA,
          "unsupported content type: \""
              + call.header("content-type").orElse("")
              + "\", supported: ["
              + JSON
              + ", "
              + PROTOBUF
              + "]");
    }
    String encoding = call.header("content-encoding").orElse("").trim().toLowerCase(Locale.ROOT);
    if (!ENCODINGS.contains(encoding)) {
      throw new FoursightException(
          ErrorKind.UNSUPPORTED_MEDIA,
          "unsupported compression: \""
              + encoding
              + "\", supported: [gzip, lz4, zstd, snappy,"
              + " x-snappy-framed, zlib, deflate] or no compression");
    }
    TenantId tenant = call.tenant();
    LogsDistributor distributor = writer.distributor();
    distributor.admit();
    long max = distributor.config().maxOtlpRequestSize().bytes();
    try (InflightBytes.Hold hold = distributor.inflight().hold()) {
      int received = call.rawBody().length;
      hold.add(received);
      if (received > max) {
        throw new FoursightException(
            ErrorKind.TOO_LARGE,
            "the incoming OTLP request has been rejected because its message size of "
                + received
                + " bytes is larger than the allowed limit of "
                + max
                + " bytes (distributor.max_otlp_request_size)");
      }
      byte[] body = encoding.isEmpty() ? call.rawBody() : call.body(encoding, max);
      // Parsed objects take several times the bytes that they came in.
      hold.add((asJson ? 5L : 2L) * body.length);
      return writer.write(tenant, asJson ? protobuf(body) : body);
    }
  }

  private byte[] protobuf(byte[] body) {
    var builder = ExportLogsServiceRequest.newBuilder();
    json.read(body, builder);
    return builder.build().toByteArray();
  }

  private HttpReply rejected(HttpCall call, boolean asJson, OtlpLogsWriter.Written written) {
    return written.limited()
        ? failed(call, asJson, new FoursightException(ErrorKind.LIMIT_EXCEEDED, written.message()))
        : status(asJson, 400, ErrorKind.BAD_DATA, written.message());
  }

  private HttpReply failed(HttpCall call, boolean asJson, FoursightException e) {
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
          case UNAVAILABLE, UNIMPLEMENTED, TIMEOUT, CORRUPT, INTERNAL -> 503;
        };
    HttpReply reply = status(asJson, status, e.kind(), e.getMessage());
    if (status == 429 || status == 503) {
      reply.header(
          "retry-after", Integer.toString(retryAfter.seconds(call.header("retry-attempt"))));
    }
    return reply;
  }

  private static HttpReply status(boolean asJson, int status, ErrorKind kind, String message) {
    return HttpReply.of(
        status, asJson ? JSON : PROTOBUF, OtlpReplies.status(asJson, code(kind), message));
  }

  /// The `google.rpc.Code` of an error.
  static int code(ErrorKind kind) {
    return switch (kind) {
      case BAD_DATA, TOO_LARGE, UNSUPPORTED_MEDIA, QUERY_LIMIT, EXECUTION ->
          OtlpReplies.INVALID_ARGUMENT;
      case LIMIT_EXCEEDED -> OtlpReplies.RESOURCE_EXHAUSTED;
      case UNAUTHENTICATED -> OtlpReplies.UNAUTHENTICATED;
      case NOT_FOUND -> 5;
      case CONFLICT -> 9;
      case TIMEOUT -> 4;
      case CANCELED -> 1;
      case UNIMPLEMENTED -> OtlpReplies.UNIMPLEMENTED;
      case UNAVAILABLE -> OtlpReplies.UNAVAILABLE;
      case CORRUPT, INTERNAL -> OtlpReplies.INTERNAL;
    };
  }

  private static String mediaType(HttpCall call) {
    String type = call.header("content-type").orElse("");
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
  }

  /// Browsers ask before they send; every origin may, there is nothing to read here.
  private HttpReply preflight(HttpCall call) {
    return allow(call, HttpReply.of(204))
        .header("access-control-allow-methods", "POST, OPTIONS")
        .header(
            "access-control-allow-headers",
            call.header("access-control-request-headers").orElse("content-type"))
        .header("access-control-max-age", "7200");
  }

  private static HttpReply allow(HttpCall call, HttpReply reply) {
    call.header("origin")
        .ifPresent(
            origin -> reply.header("access-control-allow-origin", origin).header("vary", "Origin"));
    return reply;
  }
}
