package io.foursight.runtime.http;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/// Unary methods of the [Connect protocol](https://connectrpc.com/docs/protocol): `POST
/// /package.Service/Method` with the message as JSON or protobuf, compressed or not, answered in
/// the same format. An error is a JSON object of `code` and `message`:
///
/// | kind | code | status |
/// | --- | --- | --- |
/// | bad data, query limit, execution, too large | invalid_argument | 400 |
/// | unauthenticated | unauthenticated | 401 |
/// | not found | not_found | 404 |
/// | conflict | failed_precondition | 400 |
/// | limit exceeded | resource_exhausted | 429 |
/// | canceled | canceled | 499 |
/// | corrupt, internal | data_loss, internal | 500 |
/// | unimplemented | unimplemented | 501 |
/// | unavailable | unavailable | 503 |
/// | timeout | deadline_exceeded | 504 |
///
/// A content type that is none of the protocol's is 415. The same methods over gRPC are a matter of
/// [HttpRoutes#addGrpc].
public final class ConnectRoutes {
  /// Answers one call.
  @FunctionalInterface
  public interface Method {
    /// @param message the request, decompressed
    /// @param json whether the request is JSON; otherwise protobuf
    /// @return the response in the same format
    byte[] answer(HttpCall call, byte[] message, boolean json) throws Exception;
  }

  private static final Set<String> PROTOBUF =
      Set.of("application/proto", "application/protobuf", "application/x-protobuf");
  private static final String JSON = "application/json";

  /// Errors of a route, for those that happen before its handler is asked, too.
  public static final ErrorShape ERRORS = (status, error) -> error(error);

  private ConnectRoutes() {}

  /// Adds a method to a door.
  ///
  /// @param service full name, `package.Service`
  /// @param maxBytes of a request, decompressed
  public static void add(
      HttpRoutes routes,
      Door door,
      String service,
      String method,
      long maxBytes,
      Method answering) {
    routes.add(
        door,
        Set.of("POST"),
        "/" + service + "/" + method,
        service.replace('.', '_') + "_" + method,
        ERRORS,
        call -> answer(call, maxBytes, answering));
  }

  private static HttpReply answer(HttpCall call, long maxBytes, Method answering) throws Exception {
    String type = mediaType(call);
    boolean json = type.equals(JSON);
    if (!json && !PROTOBUF.contains(type)) {
      throw new FoursightException(
          ErrorKind.UNSUPPORTED_MEDIA,
          "unsupported content type \""
              + type
              + "\"; supported are "
              + JSON
              + ", application/proto");
    }
    byte[] answer = answering.answer(call, call.body(maxBytes), json);
    return HttpReply.of(200, json ? JSON : "application/proto", answer);
  }

  private static String mediaType(HttpCall call) {
    String type = call.header("content-type").orElse("");
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
  }

  /// The code of a kind of error.
  public static String code(ErrorKind kind) {
    return switch (kind) {
      case BAD_DATA, QUERY_LIMIT, EXECUTION, TOO_LARGE, UNSUPPORTED_MEDIA -> "invalid_argument";
      case UNAUTHENTICATED -> "unauthenticated";
      case NOT_FOUND -> "not_found";
      case CONFLICT -> "failed_precondition";
      case LIMIT_EXCEEDED -> "resource_exhausted";
      case CANCELED -> "canceled";
      case CORRUPT -> "data_loss";
      case INTERNAL -> "internal";
      case UNIMPLEMENTED -> "unimplemented";
      case UNAVAILABLE -> "unavailable";
      case TIMEOUT -> "deadline_exceeded";
    };
  }

  private static int status(ErrorKind kind) {
    return switch (kind) {
      case BAD_DATA, QUERY_LIMIT, EXECUTION, TOO_LARGE, CONFLICT -> 400;
      case UNAUTHENTICATED -> 401;
      case NOT_FOUND -> 404;
      case UNSUPPORTED_MEDIA -> 415;
      case LIMIT_EXCEEDED -> 429;
      case CANCELED -> 499;
      case CORRUPT, INTERNAL -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case TIMEOUT -> 504;
    };
  }

  /// An error as the protocol shows it.
  public static HttpReply error(FoursightException error) {
    return error(status(error.kind()), code(error.kind()), String.valueOf(error.getMessage()));
  }

  /// The same body with another status.
  public static HttpReply error(int status, String code, String message) {
    var json = new StringBuilder("{\"code\":\"").append(code).append("\",\"message\":\"");
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        default -> {
          if (c < 0x20) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    return HttpReply.json(status, json.append("\"}").toString().getBytes(StandardCharsets.UTF_8));
  }
}
