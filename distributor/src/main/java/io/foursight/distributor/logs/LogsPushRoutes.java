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
import io.foursight.wire.logs.StreamLabels;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `POST /loki/api/v1/push` on the main and the logs door, and the older `/api/prom/push` on the
/// logs door: JSON when the content type says so, else snappy protobuf.
///
/// | status | when |
/// | --- | --- |
/// | 204 | everything is stored |
/// | 400 | malformed, or entries were rejected (the others are stored) |
/// | 413 | too large |
/// | 422 | no streams in it |
/// | 429 | a rate limit or the number of streams; the text says which |
/// | 503, 500 | cannot be stored now |
///
/// Bodies are plain text. 429 and 5xx carry `Retry-After`.
public final class LogsPushRoutes {
  /// The largest push after decompression; decoding holds about twice as much.
  private static final long MAX_DECODED = 256L << 20;

  private static final ErrorShape TEXT =
      (status, error) -> HttpReply.text(status, error.getMessage() + "\n");

  private final LogsDistributor distributor;
  private final RetryAfter retryAfter;

  public LogsPushRoutes(LogsDistributor distributor, RetryAfter retryAfter) {
    this.distributor = distributor;
    this.retryAfter = retryAfter;
  }

  public void register(HttpRoutes routes) {
    var post = Set.of("POST");
    for (Door door : List.of(Door.MAIN, Door.LOGS)) {
      routes.add(door, post, "/loki/api/v1/push", "loki_api_v1_push", TEXT, this::push);
    }
    // On the main door this path is remote write's.
    routes.add(Door.LOGS, post, "/api/prom/push", "api_prom_push_logs", TEXT, this::push);
  }

  HttpReply push(HttpCall call) {
    long start = System.nanoTime();
    HttpReply reply;
    try {
      reply = write(call);
    } catch (FoursightException e) {
      reply = failed(call, e);
    }
    distributor
        .metrics()
        .request("loki_push", reply.status(), Duration.ofNanos(System.nanoTime() - start));
    return reply;
  }

  private HttpReply write(HttpCall call) {
    TenantId tenant = call.tenant();
    distributor.admit();
    boolean json = isJson(call);
    try (InflightBytes.Hold hold = distributor.inflight().hold()) {
      int received = call.rawBody().length;
      hold.add(received);
      long max = distributor.config().maxRecvMsgSize().bytes();
      if (received > max) {
        throw new FoursightException(
            ErrorKind.TOO_LARGE,
            "the push has "
                + received
                + " bytes, the limit is "
                + max
                + " (distributor.max_recv_msg_size)");
      }
      byte[] body = body(call, json);
      hold.add(json ? 2L * body.length : body.length);
      LogsScratch scratch = distributor.scratches().take();
      List<StreamLabels> streams;
      if (json) {
        scratch.json.decode(body, scratch.batch);
        streams = scratch.json.streams();
      } else {
        scratch.protobuf.decode(body, scratch.batch);
        streams = scratch.protobuf.streams();
      }
      if (streams.isEmpty()) {
        return HttpReply.text(422, "error at least one valid stream is required for ingestion\n");
      }
      distributor.push(tenant, scratch, streams);
      LogsRejections rejections = scratch.rejections;
      HttpReply reply =
          rejections.isEmpty()
              ? HttpReply.of(204)
              : HttpReply.text(
                  rejections.isLimited() ? 429 : 400, rejections.text(tenant.value()) + "\n");
      // Not in a finally block: after an exception the sink may still hold on to the batch.
      distributor.scratches().give(scratch, body.length);
      return reply;
    }
  }

  private static boolean isJson(HttpCall call) {
    String type =
        call.header("content-type")
            .filter(t -> !t.isBlank())
            .orElseThrow(() -> FoursightException.badData("mime: no media type"));
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon))
        .trim()
        .toLowerCase(Locale.ROOT)
        .equals("application/json");
  }

  /// `gzip` and `deflate` are taken off first; protobuf is a snappy block inside, whether or not
  /// the header says so.
  private static byte[] body(HttpCall call, boolean json) {
    String encoding = call.header("content-encoding").orElse("").trim().toLowerCase(Locale.ROOT);
    return switch (encoding) {
      case "", "identity", "snappy" ->
          json ? call.body("identity", MAX_DECODED) : call.body("snappy", MAX_DECODED);
      case "gzip", "deflate" -> call.body(json ? encoding : "snappy, " + encoding, MAX_DECODED);
      default ->
          throw FoursightException.badData("Content-Encoding \"" + encoding + "\" not supported");
    };
  }

  private HttpReply failed(HttpCall call, FoursightException e) {
    int status =
        switch (e.kind()) {
          case BAD_DATA, QUERY_LIMIT, EXECUTION, UNSUPPORTED_MEDIA -> 400;
          case TOO_LARGE -> 413;
          case LIMIT_EXCEEDED -> 429;
          case UNAUTHENTICATED -> 401;
          case NOT_FOUND -> 404;
          case CONFLICT -> 409;
          case CANCELED -> 499;
          case UNAVAILABLE -> 503;
          case UNIMPLEMENTED -> 501;
          case TIMEOUT, CORRUPT, INTERNAL -> 500;
        };
    HttpReply reply = HttpReply.text(status, e.getMessage() + "\n");
    if (status == 429 || status >= 500) {
      reply.header(
          "retry-after", Integer.toString(retryAfter.seconds(call.header("retry-attempt"))));
    }
    return reply;
  }
}
