package io.foursight.distributor.metrics;

import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.runtime.http.BodyBuffer;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `POST /api/v1/push` (Mimir's path), `/api/v1/write` (Prometheus's) and `/api/prom/push`
/// (Cortex's): remote write 1.0 and 2.0, told apart by the content type alone.
///
/// | status | when |
/// | --- | --- |
/// | 200 | everything is stored |
/// | 202 | HA deduplication dropped everything |
/// | 400 | malformed, too large, or items were rejected (the others are stored) |
/// | 415 | a content type, `proto` or content encoding that we do not speak |
/// | 429 | a rate limit; nothing is stored |
/// | 503, 500 | cannot be stored now; nothing is known to be stored |
///
/// 429 and 5xx carry `Retry-After`. A 2.0 request always gets the three written counts.
public final class RemoteWriteRoutes {
  private static final String SAMPLES_WRITTEN = "x-prometheus-remote-write-samples-written";
  private static final String HISTOGRAMS_WRITTEN = "x-prometheus-remote-write-histograms-written";
  private static final String EXEMPLARS_WRITTEN = "x-prometheus-remote-write-exemplars-written";

  private final MetricsDistributor distributor;
  private final RetryAfter retryAfter;

  public RemoteWriteRoutes(MetricsDistributor distributor, RetryAfter retryAfter) {
    this.distributor = distributor;
    this.retryAfter = retryAfter;
  }

  public void register(HttpRoutes routes) {
    var post = Set.of("POST");
    routes.add(Door.MAIN, post, "/api/v1/push", "api_v1_push", ErrorShape.TEXT, this::push);
    routes.add(Door.MAIN, post, "/api/v1/write", "api_v1_write", ErrorShape.TEXT, this::push);
    routes.add(Door.MAIN, post, "/api/prom/push", "api_prom_push", ErrorShape.TEXT, this::push);
  }

  private enum Version {
    V1("remote_write_v1"),
    V2("remote_write_v2");

    final String route;

    Version(String route) {
      this.route = route;
    }
  }

  HttpReply push(HttpCall call) {
    long start = System.nanoTime();
    Version version = Version.V1;
    HttpReply reply;
    try {
      version = version(call.header("content-type").orElse(""));
      reply = written(version, write(call, version));
    } catch (FoursightException e) {
      reply = failed(call, version, e);
    }
    distributor
        .metrics()
        .request(version.route, reply.status(), Duration.ofNanos(System.nanoTime() - start));
    return reply;
  }

  private PushOutcome write(HttpCall call, Version version) {
    TenantId tenant = call.tenant();
    distributor.admit(tenant);
    long max = distributor.config().maxRecvMsgSize().bytes();
    try (InflightBytes.Hold hold = distributor.inflight().hold()) {
      int compressed = call.rawBody().length;
      hold.add(compressed);
      if (compressed > max) {
        throw tooLarge(compressed, max);
      }
      PushScratch scratch = distributor.scratches().take();
      List<Rejection> refused = List.of();
      try {
        decompress(call, max, scratch.body);
        hold.add(scratch.body.length());
        refused = decode(tenant, version, scratch);
      } catch (FoursightException e) {
        distributor.scratches().give(scratch, scratch.body.length());
        throw e;
      }
      PushOutcome outcome = distributor.push(tenant, scratch);
      // Not in a finally block: after an exception the sink may still hold on to the batch.
      distributor.scratches().give(scratch, scratch.body.length());
      return refused.isEmpty() ? outcome : outcome.plusRejections(refused);
    }
  }

  private List<Rejection> decode(TenantId tenant, Version version, PushScratch scratch) {
    byte[] body = scratch.body.array();
    int length = scratch.body.length();
    if (version == Version.V1) {
      scratch.v1.decode(body, length, scratch.batch, distributor.expected(tenant, scratch));
      return List.of();
    }
    scratch.v2.decode(body, length, scratch.batch);
    List<Rejection> refused = List.copyOf(scratch.v2.rejections());
    refused.forEach(distributor.metrics()::rejected);
    return refused;
  }

  private static void decompress(HttpCall call, long max, BodyBuffer into) {
    String encoding = call.header("content-encoding").orElse("").trim().toLowerCase(Locale.ROOT);
    try {
      // Remote write is Snappy by definition; a missing header means it, others are a courtesy.
      call.body(encoding.isEmpty() ? "snappy" : encoding, max, into);
    } catch (FoursightException e) {
      if (e.kind() == ErrorKind.TOO_LARGE) {
        throw new FoursightException(
            ErrorKind.TOO_LARGE,
            e.getMessage()
                + " (err-mimir-distributor-max-write-message-size)."
                + " To adjust the limit, set distributor.max_recv_msg_size",
            e);
      }
      throw e;
    }
  }

  private static FoursightException tooLarge(long actual, long max) {
    return new FoursightException(
        ErrorKind.TOO_LARGE,
        "the incoming push request has been rejected because its message size of "
            + actual
            + " bytes is larger than the allowed limit of "
            + max
            + " bytes (err-mimir-distributor-max-write-message-size)."
            + " To adjust the limit, set distributor.max_recv_msg_size");
  }

  /// Missing or another media type, or no `proto`: 1.0. That is Mimir's rule; an unknown `proto` is
  /// 415 as the specification says.
  private static Version version(String contentType) {
    String[] parts = contentType.split(";", -1);
    if (!parts[0].trim().toLowerCase(Locale.ROOT).equals("application/x-protobuf")) {
      return Version.V1;
    }
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim();
      int equals = parameter.indexOf('=');
      if (equals < 0) {
        if (parameter.isEmpty()) {
          continue;
        }
        throw FoursightException.badData(
            "as per https://www.rfc-editor.org/rfc/rfc9110#parameter expected parameters to be"
                + " key-values, got \""
                + parameter
                + "\" in content-type \""
                + contentType
                + "\"");
      }
      if (!parameter.substring(0, equals).trim().equalsIgnoreCase("proto")) {
        continue;
      }
      String proto = unquoted(parameter.substring(equals + 1).trim());
      return switch (proto) {
        case "prometheus.WriteRequest" -> Version.V1;
        case "io.prometheus.write.v2.Request" -> Version.V2;
        default ->
            throw new FoursightException(
                ErrorKind.UNSUPPORTED_MEDIA,
                "unsupported proto \""
                    + proto
                    + "\" in content-type \""
                    + contentType
                    + "\"; supported are prometheus.WriteRequest and"
                    + " io.prometheus.write.v2.Request");
      };
    }
    return Version.V1;
  }

  private static String unquoted(String text) {
    boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  private static HttpReply written(Version version, PushOutcome outcome) {
    HttpReply reply;
    if (outcome.isDuplicate()) {
      reply = HttpReply.text(202, "samples of a replica that is not elected are not stored\n");
    } else if (outcome.rejections().isEmpty()) {
      reply = HttpReply.of(200);
    } else {
      reply = HttpReply.text(400, outcome.message() + "\n");
    }
    return version == Version.V1
        ? reply
        // Deduplicated counts as written: the elected replica delivers it, and a 2.0 sender takes
        // zero
        // counts with a 2xx for a failure.
        : counts(
            reply,
            outcome.samples() + outcome.deduplicated(),
            outcome.histograms(),
            outcome.exemplars());
  }

  private HttpReply failed(HttpCall call, Version version, FoursightException e) {
    int status =
        switch (e.kind()) {
          case BAD_DATA, TOO_LARGE, QUERY_LIMIT, EXECUTION -> 400;
          case UNSUPPORTED_MEDIA -> 415;
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
    return version == Version.V1 ? reply : counts(reply, 0, 0, 0);
  }

  private static HttpReply counts(HttpReply reply, int samples, int histograms, int exemplars) {
    return reply
        .header(SAMPLES_WRITTEN, Integer.toString(samples))
        .header(HISTOGRAMS_WRITTEN, Integer.toString(histograms))
        .header(EXEMPLARS_WRITTEN, Integer.toString(exemplars));
  }
}
