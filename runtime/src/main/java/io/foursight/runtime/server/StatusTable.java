package io.foursight.runtime.server;

import io.foursight.model.ErrorKind;
import io.grpc.Status;

/// The one place where an error kind becomes an HTTP and a gRPC status. Clients decide by these
/// whether to retry or to drop data, so every row is tested.
public final class StatusTable {
  /// nginx's "client closed request".
  public static final int CLIENT_CLOSED_REQUEST = 499;

  private StatusTable() {}

  public static int http(ErrorKind kind) {
    return switch (kind) {
      case BAD_DATA -> 400;
      case UNAUTHENTICATED -> 401;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case UNSUPPORTED_MEDIA -> 415;
      case QUERY_LIMIT, EXECUTION -> 422;
      case LIMIT_EXCEEDED -> 429;
      case CANCELED -> CLIENT_CLOSED_REQUEST;
      case CORRUPT, INTERNAL -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case TIMEOUT -> 504;
    };
  }

  public static Status.Code grpc(ErrorKind kind) {
    return switch (kind) {
      case BAD_DATA, TOO_LARGE, QUERY_LIMIT, EXECUTION -> Status.Code.INVALID_ARGUMENT;
      case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case CONFLICT -> Status.Code.FAILED_PRECONDITION;
      case UNSUPPORTED_MEDIA, UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
      case LIMIT_EXCEEDED -> Status.Code.RESOURCE_EXHAUSTED;
      case CANCELED -> Status.Code.CANCELLED;
      case TIMEOUT -> Status.Code.DEADLINE_EXCEEDED;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case CORRUPT -> Status.Code.DATA_LOSS;
      case INTERNAL -> Status.Code.INTERNAL;
    };
  }
}
