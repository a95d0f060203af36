package io.foursight.distributor.profiles;

import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.ConnectRoutes;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.GrpcTenant;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.profiles.IngestDecoder;
import io.foursight.wire.profiles.IngestRequest;
import io.foursight.wire.profiles.PprofDecoder;
import io.foursight.wire.profiles.PushMessage;
import io.foursight.wire.rpc.RpcGrpcService;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Pyroscope's own write API, on the main and the profiles door:
///
/// | path | what |
/// | --- | --- |
/// | `POST /ingest`, `/pyroscope/ingest` | one profile in any format, see [IngestDecoder]; 200 with an empty body |
/// | `POST /push.v1.PusherService/Push` | pprof files, over Connect (JSON or protobuf), gRPC, gRPC-Web |
///
/// Of `/ingest` a name or time that is none is 400, a body over the limit 413, a body that does not
/// decode or whose profiles are refused 422, a rate 429, failures of ours 503; of `Push` the codes
/// of [ConnectRoutes]. What is good of a request is stored even when the rest makes it an error. A
/// profile sent again is stored once: its id is the sender's, or made of what was sent.
public final class ProfilesPushRoutes {
  private static final RpcMethod PUSH = new RpcMethod("push.v1.PusherService", "Push");

  private final ProfilesDistributor distributor;
  private final RetryAfter retryAfter;

  public ProfilesPushRoutes(ProfilesDistributor distributor, RetryAfter retryAfter) {
    this.distributor = distributor;
    this.retryAfter = retryAfter;
  }

  public void register(HttpRoutes routes) {
    var grpc = new RpcGrpcService(new RpcService(PUSH.service()).on(PUSH, this::pushGrpc));
    for (Door door : List.of(Door.MAIN, Door.PROFILES)) {
      for (String path : List.of("/ingest", "/pyroscope/ingest")) {
        routes.add(
            door,
            Set.of("POST"),
            path,
            path.substring(1).replace('/', '_'),
            ConnectRoutes.ERRORS,
            this::ingest);
      }
      ConnectRoutes.add(
          routes,
          door,
          PUSH.service(),
          PUSH.name(),
          distributor.config().maxOtlpRequestSize().bytes(),
          this::push);
      routes.addGrpc(door, grpc);
    }
  }

  // --- /ingest

  private HttpReply ingest(HttpCall call) {
    long start = System.nanoTime();
    HttpReply reply;
    try {
      reply = ingested(call);
    } catch (FoursightException e) {
      reply = failed(call, e, status(e.kind()));
    }
    distributor
        .metrics()
        .request("ingest", reply.status(), Duration.ofNanos(System.nanoTime() - start));
    return reply;
  }

  private HttpReply ingested(HttpCall call) {
    TenantId tenant = call.tenant();
    distributor.admit();
    try (InflightBytes.Hold hold = distributor.inflight().hold()) {
      int received = call.rawBody().length;
      hold.add(received);
      String contentType = call.header("content-type").orElse("");
      Map<String, List<String>> parameters = call.urlParameters();
      IngestRequest request =
          IngestRequest.parse(
              name -> parameters.getOrDefault(name, List.of("")).getFirst(),
              contentType,
              distributor.nowNanos());
      byte[] body = body(call, tenant);
      hold.add(5L * body.length);
      ProfilesDistributor.Written written;
      try {
        UUID id = ProfileIds.of(parameters.toString(), body);
        written =
            distributor.push(
                tenant,
                body.length,
                s ->
                    new IngestDecoder(s.symbols, s.batch, s.limits)
                        .decode(
                            request,
                            contentType,
                            body,
                            id.getMostSignificantBits(),
                            id.getLeastSignificantBits()));
      } catch (FoursightException e) {
        boolean bad = e.kind() == ErrorKind.BAD_DATA || e.kind() == ErrorKind.TOO_LARGE;
        return failed(call, e, bad ? 422 : status(e.kind()));
      }
      if (written.rejected() > 0) {
        FoursightException refused = refused(written);
        return failed(call, refused, written.limited() ? 429 : 422);
      }
      return HttpReply.of(200);
    }
  }

  private byte[] body(HttpCall call, TenantId tenant) {
    long max = distributor.maxBodyBytes(tenant);
    try {
      byte[] body = call.body(max);
      if (body.length <= max) {
        return body;
      }
    } catch (FoursightException e) {
      if (e.kind() != ErrorKind.TOO_LARGE) {
        throw e;
      }
    }
    distributor.metrics().rejected("body_size_limit_exceeded", 1);
    throw new FoursightException(
        ErrorKind.TOO_LARGE,
        "request body too large: more than " + max + " bytes (limits.ingestion_body_limit_mb)");
  }

  private static FoursightException refused(ProfilesDistributor.Written written) {
    return new FoursightException(
        written.limited() ? ErrorKind.LIMIT_EXCEEDED : ErrorKind.BAD_DATA,
        (written.stored() > 0 ? written.stored() + " profiles are stored; " : "")
            + written.message());
  }

  private static int status(ErrorKind kind) {
    return switch (kind) {
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
  }

  private HttpReply failed(HttpCall call, FoursightException e, int status) {
    HttpReply reply =
        ConnectRoutes.error(status, ConnectRoutes.code(e.kind()), String.valueOf(e.getMessage()));
    if (status == 429 || status >= 500) {
      reply.header(
          "retry-after", Integer.toString(retryAfter.seconds(call.header("retry-attempt"))));
    }
    return reply;
  }

  // --- push.v1

  private byte[] push(HttpCall call, byte[] message, boolean json) {
    long start = System.nanoTime();
    int status = 500;
    try {
      TenantId tenant = call.tenant();
      distributor.admit();
      try (InflightBytes.Hold hold = distributor.inflight().hold()) {
        hold.add((json ? 6L : 5L) * message.length);
        push(
            tenant,
            json ? PushMessage.decodeJson(message) : PushMessage.decode(message),
            message.length);
      }
      status = 200;
      return json ? "{}".getBytes(StandardCharsets.US_ASCII) : new byte[0];
    } catch (FoursightException e) {
      status = ConnectRoutes.error(e).status();
      throw e;
    } finally {
      distributor.metrics().request("push", status, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private void pushGrpc(RpcHandler.Call call) {
    long start = System.nanoTime();
    int code = 2;
    try {
      TenantId tenant = GrpcTenant.current();
      distributor.admit();
      byte[] message = call.request();
      try (InflightBytes.Hold hold = distributor.inflight().hold()) {
        hold.add(5L * message.length);
        push(tenant, PushMessage.decode(message), message.length);
      }
      call.send(new byte[0]);
      code = 0;
    } finally {
      distributor.metrics().request("push_grpc", code, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /// @throws FoursightException `BAD_DATA`, `LIMIT_EXCEEDED` when anything is refused; what is good
  ///   is stored
  private void push(TenantId tenant, PushMessage message, int bytes) {
    ProfilesDistributor.Written written =
        distributor.push(tenant, bytes, scratch -> decode(message, scratch));
    if (written.rejected() > 0) {
      throw refused(written);
    }
  }

  private static void decode(PushMessage message, ProfilesScratch scratch) {
    var pprof = new PprofDecoder(scratch.symbols, scratch.batch, scratch.limits);
    int samples = 0;
    for (PushMessage.Series series : message.series()) {
      Map<String, String> labels = labels(series, scratch);
      for (PushMessage.Sample sample : series.samples()) {
        samples++;
        if (labels.isEmpty()) {
          continue;
        }
        try {
          byte[] file = pprof.unpack(sample.profile());
          var all = new LinkedHashMap<>(labels);
          all.computeIfAbsent(Labels.METRIC_NAME, name -> PprofDecoder.profileName(file));
          UUID id = ProfileIds.of(series.labels(), sample);
          pprof.decode(
              file,
              new PprofDecoder.Origin(
                  Labels.of(all),
                  scratch.nowNanos,
                  0,
                  id.getMostSignificantBits(),
                  id.getLeastSignificantBits()));
        } catch (FoursightException e) {
          scratch.refusals.add(
              e.kind() == ErrorKind.TOO_LARGE ? "profile_size_limit" : "malformed_profile",
              ErrorKind.BAD_DATA,
              1,
              e::getMessage);
        }
      }
    }
    if (samples == 0) {
      throw FoursightException.badData("no profiles received");
    }
  }

  /// Empty when they are refused; then so are all samples of the series.
  private static Map<String, String> labels(PushMessage.Series series, ProfilesScratch scratch) {
    int profiles = Math.max(1, series.samples().size());
    var labels = new LinkedHashMap<String, String>();
    for (PushMessage.Label label : series.labels()) {
      String other = labels.putIfAbsent(label.name(), label.value());
      if (label.name().isEmpty() || other != null && !other.equals(label.value())) {
        scratch.refusals.add(
            label.name().isEmpty() ? "invalid_labels" : "duplicate_label_names",
            ErrorKind.BAD_DATA,
            profiles,
            () ->
                label.name().isEmpty()
                    ? "invalid labels: a label without a name, value '" + label.value() + "'"
                    : "profile has duplicate label name: '" + label.name() + "'");
        return Map.of();
      }
    }
    if (labels.isEmpty()) {
      scratch.refusals.add(
          "missing_labels",
          ErrorKind.BAD_DATA,
          profiles,
          () -> "error at least one label pair is required per profile");
    }
    return labels;
  }
}
