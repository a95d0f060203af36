package io.foursight.model;

/// Why a request or an operation failed. The mapping to HTTP and gRPC status is one table in
/// `runtime`.
public enum ErrorKind {
  /// The input is malformed or refers to something that cannot be; retrying the same bytes never
  /// helps.
  BAD_DATA,
  /// A body or message is larger than its bound (HTTP 413).
  TOO_LARGE,
  /// The content type or encoding is not one that we speak (HTTP 415).
  UNSUPPORTED_MEDIA,
  /// A per-tenant rate or queue is exhausted; the same request may succeed later (HTTP 429).
  LIMIT_EXCEEDED,
  /// A query asks for more than its bound allows: samples, series, memory (HTTP 422).
  QUERY_LIMIT,
  /// A query failed while it was evaluated for a reason that lies in the query or its data (HTTP
  /// 422).
  EXECUTION,
  /// The tenant header is missing or the credentials are wrong (HTTP 401).
  UNAUTHENTICATED,
  /// The object, tenant, block or route does not exist (HTTP 404).
  NOT_FOUND,
  /// The state of the thing addressed forbids the operation (HTTP 409).
  CONFLICT,
  /// The deadline passed.
  TIMEOUT,
  /// The caller went away.
  CANCELED,
  /// A dependency or this process cannot serve now; retry later (HTTP 503).
  UNAVAILABLE,
  /// The operation is not one that this program does (HTTP 501).
  UNIMPLEMENTED,
  /// Stored bytes fail their checksum or make no sense.
  CORRUPT,
  /// A bug or an unforeseen condition.
  INTERNAL
}
