package io.foursight.distributor;

import com.google.protobuf.Message;
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
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OTLP/HTTP for one signal.
///
/// | status | when |
/// | --- | --- |
/// | 200 | stored, also in part: then `partial_success` counts and explains |
/// | 400 | malformed, or everything was rejected |
/// | 413, 415 | too large; a content type or encoding that we do not speak |
/// | 429 | a rate limit; nothing is stored |
/// | 503 | any failure of ours: OTLP senders drop what is answered 500 |
///
/// Bodies are `Export...ServiceResponse` and `google.rpc.Status`, protobuf or JSON as the request
/// was; 429 and 503 carry `Retry-After`.
///
/// @param <Q> the signal's request
public final class OtlpHttp<Q extends Message> {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpHttp.class);
  private static final String PROTOBUF = "application/x-protobuf";
  private static final Set<String> PROTOBUF_TYPES = Set.of(PROTOBUF, "application/protobuf");
  private static final String JSON = "application/json";
  private static final Set<String> ENCODINGS =
      Set.of("", "identity", "gzip", "zlib", "deflate", "snappy", "x-snappy-framed", "zstd", "lz4");
  private static final ErrorShape SHAPE =
      (status, error) ->
          HttpReply.of(
              status == 500 ? 503 : status,
              PROTOBUF,
              OtlpReplies.status(false, OtlpGrpc.code(error.kind()), error.getMessage()));

  private final OtlpWriter<Q> writer;
  private final Class<Q> type;
  private final RetryAfter retryAfter;
  private final OtlpJson json = new OtlpJson();

  public OtlpHttp(OtlpWriter<Q> writer, Class<Q> type, RetryAfter retryAfter) {
    this.writer = writer;
    this.type = type;
    this.retryAfter = retryAfter;
  }

  /// Takes requests at this path.
  public void register(HttpRoutes routes, Door door, String path) {
    routes.add(door, Set.of("POST"), path, name(path), SHAPE, this::export);
  }

  /// Takes requests at the path on the OTLP door, with CORS for browsers.
  public void registerOpen(HttpRoutes routes, String path) {
    routes.add(
        Door.OTLP_HTTP, Set.of("POST"), path, name(path), SHAPE, call -> allow(call, export(call)));
    routes.add(
        Door.OTLP_HTTP, Set.of("OPTIONS"), path, name(path) + "_cors", SHAPE, this::preflight);
  }

  private static String name(String path) {
    return path.substring(1).replace('/', '_');
  }

  public HttpReply export(HttpCall call) {
    long start = System.nanoTime();
    boolean asJson = mediaType(call).equals(JSON);
    HttpReply reply;
    try {
      OtlpWriter.Written written = write(call, asJson);
      reply =
          written.whole()
              ? rejected(call, asJson, written)
              : HttpReply.of(
                  200,
                  asJson ? JSON : PROTOBUF,
                  OtlpReplies.exported(
                      asJson, writer.rejectedField(), written.rejected(), written.message()));
    } catch (FoursightException e) {
      reply = failed(call, asJson, e);
    } catch (RuntimeException e) {
      LOG.error("OTLP request failed component=distributor signal={}", writer.signal().plural(), e);
      reply = failed(call, asJson, new FoursightException(ErrorKind.INTERNAL, "internal error", e));
    }
    writer.request("otlp_http", reply.status(), Duration.ofNanos(System.nanoTime() - start));
    return reply;
  }

  private OtlpWriter.Written write(HttpCall call, boolean asJson) {
    if (!asJson && !PROTOBUF_TYPES.contains(mediaType(call))) {
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
    writer.admit(tenant);
    long max = writer.maxRequestBytes();
    try (InflightBytes.Hold hold = writer.inflight().hold()) {
      int received = call.rawBody().length;
      hold.add(received);
      checkSize(writer, received);
      byte[] body = encoding.isEmpty() ? call.rawBody() : call.body(encoding, max);
      // Parsed objects take several times the bytes that they came in.
      hold.add((asJson ? 5L : writer.memoryPerByte()) * body.length);
      return asJson
          ? writer.write(tenant, parsed(body), body.length, call::header)
          : writer.write(tenant, body, call::header);
    }
  }

  /// @throws FoursightException `TOO_LARGE`
  static void checkSize(OtlpWriter<?> writer, int size) {
    long max = writer.maxRequestBytes();
    if (size > max) {
      throw new FoursightException(
          ErrorKind.TOO_LARGE,
          "the incoming OTLP request has been rejected because its message size of "
              + size
              + " bytes is larger than the allowed limit of "
              + max
              + " bytes "
              + writer.maxRequestHint());
    }
  }

  private Q parsed(byte[] body) {
    Message.Builder builder = writer.newRequest();
    json.read(body, builder);
    return type.cast(builder.build());
  }

  private HttpReply rejected(HttpCall call, boolean asJson, OtlpWriter.Written written) {
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
        status, asJson ? JSON : PROTOBUF, OtlpReplies.status(asJson, OtlpGrpc.code(kind), message));
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
