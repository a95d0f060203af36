package io.foursight.queryfrontend.metrics;

import io.foursight.model.FoursightException;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.metrics.json.PrometheusJson;

/// Failures in the form and with the statuses of Prometheus's and Mimir's query API:
///
/// | kind | status | errorType |
/// |---|---|---|
/// | BAD_DATA, UNIMPLEMENTED | 400 | bad_data |
/// | EXECUTION, QUERY_LIMIT | 422 | execution |
/// | CANCELED | 499 | canceled |
/// | TIMEOUT | 503 | timeout |
/// | UNAVAILABLE | 503 | unavailable |
/// | LIMIT_EXCEEDED | 429 | too_many_requests |
/// | NOT_FOUND | 404 | not_found |
/// | TOO_LARGE | 413 | too_large |
/// | UNSUPPORTED_MEDIA | 415 | bad_data |
/// | CORRUPT, INTERNAL | 500 | internal |
/// | UNAUTHENTICATED | 401 | plain text |
final class PrometheusErrors implements HttpRoutes.ErrorShape {
  @Override
  public HttpReply render(int status, FoursightException error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    return switch (error.kind()) {
      case BAD_DATA -> json(400, "bad_data", message);
      case UNIMPLEMENTED -> json(400, "bad_data", message);
      case EXECUTION, QUERY_LIMIT -> json(422, "execution", message);
      case CANCELED -> json(499, "canceled", message);
      case TIMEOUT -> json(503, "timeout", message);
      case UNAVAILABLE -> json(503, "unavailable", message).header("retry-after", "1");
      case LIMIT_EXCEEDED -> json(429, "too_many_requests", message).header("retry-after", "1");
      case NOT_FOUND -> json(404, "not_found", message);
      case CONFLICT -> json(409, "conflict", message);
      case TOO_LARGE -> json(413, "too_large", message);
      case UNSUPPORTED_MEDIA -> json(415, "bad_data", message);
      case CORRUPT, INTERNAL -> json(500, "internal", message);
      case UNAUTHENTICATED -> HttpReply.text(401, message + "\n");
    };
  }

  private static HttpReply json(int status, String type, String message) {
    return HttpReply.json(status, PrometheusJson.error(type, message));
  }
}
