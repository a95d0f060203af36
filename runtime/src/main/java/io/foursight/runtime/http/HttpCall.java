package io.foursight.runtime.http;

import io.foursight.model.TenantId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One HTTP request. The body has been received whole (bounded by the door's limit). Safe to use
/// only until the handler's reply is complete.
public interface HttpCall {
  String method();

  /// The raw path, still percent-encoded, without the query.
  String path();

  /// A `{name}` segment of the route's pattern, percent-decoded (`%2F` included).
  String pathParameter(String name);

  /// First value of a parameter: URL query first, then, for POST, the
  /// `application/x-www-form-urlencoded` body.
  Optional<String> parameter(String name);

  /// All values of a parameter, URL then form, in order.
  List<String> parameters(String name);

  Map<String, List<String>> parameters();

  /// Parameters of the URL query alone, for doors whose body is never a form whatever its
  /// `Content-Type` says: `curl --data-binary` calls everything a form.
  Map<String, List<String>> urlParameters();

  /// First value of a header, name without regard to case.
  Optional<String> header(String name);

  /// The body with its `Content-Encoding` undone. `identity`, `gzip`, `zlib`, `deflate`, `snappy`
  /// (block format, or framed when the stream identifier is there), `x-snappy-framed`, `zstd`,
  /// `lz4`.
  ///
  /// @param maxBytes bound of the decoded body, checked before allocating where the format says its
  ///   size
  /// @throws io.foursight.model.FoursightException `TOO_LARGE` past the bound, `UNSUPPORTED_MEDIA`
  ///   for another encoding, `BAD_DATA` when it does not decode
  byte[] body(long maxBytes);

  /// As [#body(long)], for an encoding that the caller decides, or two as the sender applied them:
  /// `snappy, gzip`.
  byte[] body(String contentEncoding, long maxBytes);

  /// As [#body(String, long)], into a buffer that the caller keeps for its next requests.
  default void body(String contentEncoding, long maxBytes, BodyBuffer into) {
    into.take(body(contentEncoding, maxBytes));
  }

  /// The body as it came.
  byte[] rawBody();

  /// The tenant of a write, or of a read when federation does not apply.
  ///
  /// @throws io.foursight.model.FoursightException `UNAUTHENTICATED` when the header is needed and
  ///   missing, `BAD_DATA` when it is malformed
  TenantId tenant();

  /// The tenants of a read: several only with `tenant_federation.enabled`.
  List<TenantId> tenants();

  /// Runs when the client goes away before the reply is complete; at once if it already has.
  void onCancel(Runnable action);

  String remoteAddress();
}
