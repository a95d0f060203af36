package io.foursight.queryfrontend.traces;

import io.foursight.model.FoursightException;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes;

/// Failures as Tempo's query API answers them: the message as plain text, with its statuses:
///
/// | kind | status |
/// |---|---|
/// | BAD_DATA, EXECUTION, UNIMPLEMENTED | 400 |
/// | UNAUTHENTICATED | 401 |
/// | NOT_FOUND | 404 |
/// | CONFLICT | 409 |
/// | TOO_LARGE | 413 |
/// | UNSUPPORTED_MEDIA | 415 |
/// | QUERY_LIMIT | 422 |
/// | LIMIT_EXCEEDED | 429 |
/// | CANCELED | 499 |
/// | CORRUPT, INTERNAL | 500 |
/// | UNAVAILABLE | 503 |
/// | TIMEOUT | 504 |
final class TempoErrors implements HttpRoutes.ErrorShape {
  @Override
  public HttpReply render(int status, FoursightException error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    int own =
        switch (error.kind()) {
          case BAD_DATA, EXECUTION, UNIMPLEMENTED -> 400;
          case UNAUTHENTICATED -> 401;
          case NOT_FOUND -> 404;
          case CONFLICT -> 409;
          case TOO_LARGE -> 413;
          case UNSUPPORTED_MEDIA -> 415;
          case QUERY_LIMIT -> 422;
          case LIMIT_EXCEEDED -> 429;
          case CANCELED -> 499;
          case CORRUPT, INTERNAL -> 500;
          case UNAVAILABLE -> 503;
          case TIMEOUT -> 504;
        };
    return HttpReply.text(own, message + "\n");
  }
}
