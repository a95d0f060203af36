package io.foursight.wire.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.grpc.Metadata;
import io.grpc.Status;

/// Failures on their way through gRPC. The kind's name rides in a trailer beside the status, since
/// several kinds share a status code; a status without the trailer (the peer is gone, a proxy, an
/// older release) is translated by its code.
final class RpcErrors {
  static final Metadata.Key<String> KIND =
      Metadata.Key.of("foursight-error-kind", Metadata.ASCII_STRING_MARSHALLER);

  /// Headers have a bound of 8 KiB; percent-encoding can triple a text.
  private static final int MAX_MESSAGE = 2_000;

  private RpcErrors() {}

  static Metadata trailers(FoursightException e) {
    var trailers = new Metadata();
    trailers.put(KIND, e.kind().name());
    return trailers;
  }

  /// `UNKNOWN` with the exception as its cause: the door translates that by the one status table.
  static Status status(FoursightException e) {
    return Status.UNKNOWN.withDescription(cut(String.valueOf(e.getMessage()))).withCause(e);
  }

  static FoursightException of(RuntimeException e) {
    return e instanceof FoursightException known
        ? known
        : new FoursightException(
            ErrorKind.INTERNAL, "internal error: " + e.getClass().getSimpleName(), e);
  }

  static String cut(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
  }

  /// What the caller is told. `peer` names who answered.
  static FoursightException received(Status status, Metadata trailers, String peer) {
    String kind = trailers == null ? null : trailers.get(KIND);
    String message =
        status.getDescription() == null ? status.getCode().name() : status.getDescription();
    return kind != null
        ? new FoursightException(kind(kind), message)
        : new FoursightException(kind(status.getCode()), peer + ": " + message, status.getCause());
  }

  /// By name; a kind that this release does not know is an internal error.
  static ErrorKind kind(String name) {
    for (ErrorKind kind : ErrorKind.values()) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    return ErrorKind.INTERNAL;
  }

  private static ErrorKind kind(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorKind.BAD_DATA;
      case UNAUTHENTICATED, PERMISSION_DENIED -> ErrorKind.UNAUTHENTICATED;
      case NOT_FOUND -> ErrorKind.NOT_FOUND;
      case FAILED_PRECONDITION, ALREADY_EXISTS, ABORTED -> ErrorKind.CONFLICT;
      case RESOURCE_EXHAUSTED -> ErrorKind.LIMIT_EXCEEDED;
      case DEADLINE_EXCEEDED -> ErrorKind.TIMEOUT;
      // Nobody reads on after canceling a call: it was the peer that cut it off as it went away.
      case UNAVAILABLE, CANCELLED -> ErrorKind.UNAVAILABLE;
      case UNIMPLEMENTED -> ErrorKind.UNIMPLEMENTED;
      case DATA_LOSS -> ErrorKind.CORRUPT;
      default -> ErrorKind.INTERNAL;
    };
  }
}
