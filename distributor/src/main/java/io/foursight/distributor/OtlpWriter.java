package io.foursight.distributor;

import com.google.protobuf.Message;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import java.time.Duration;
import java.util.Optional;

/// What one signal does with OTLP requests; [OtlpHttp] and [OtlpGrpc] do what all have in common.
/// Safe from any thread. Failures are `FoursightException`s.
///
/// @param <Q> the signal's `Export...ServiceRequest`
public interface OtlpWriter<Q extends Message> {
  /// What a request came to.
  ///
  /// @param rejected items that were refused, as OTLP counts
  /// @param whole whether nothing of the request was stored although it had something
  /// @param limited whether a rate limit refused any: then a whole rejection may be sent again
  /// @param message why; empty when nothing was refused
  record Written(long rejected, boolean whole, boolean limited, String message) {}

  /// Headers of a request; those of gRPC are not read.
  @FunctionalInterface
  interface Headers {
    Headers NONE = name -> Optional.empty();

    Optional<String> header(String name);
  }

  Signal signal();

  /// The JSON name of the count of refused items.
  String rejectedField();

  Message.Builder newRequest();

  /// @throws io.foursight.model.FoursightException `LIMIT_EXCEEDED`, `UNAVAILABLE` when the request
  ///   should not even be read
  void admit(TenantId tenant);

  InflightBytes inflight();

  long maxRequestBytes();

  /// Ends the message about a request that is too large.
  default String maxRequestHint() {
    return "(distributor.max_otlp_request_size)";
  }

  /// Memory that a byte of protobuf takes while it is written.
  long memoryPerByte();

  /// @param message a request in protobuf; may be changed
  Written write(TenantId tenant, byte[] message, Headers headers);

  /// @param bytes length of the request in protobuf or in JSON
  Written write(TenantId tenant, Q request, int bytes, Headers headers);

  /// For the meters.
  ///
  /// @param door `otlp_http` or `otlp_grpc`
  /// @param code the HTTP or the gRPC status
  void request(String door, int code, Duration took);
}
