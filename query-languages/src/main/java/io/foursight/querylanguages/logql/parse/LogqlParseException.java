package io.foursight.querylanguages.logql.parse;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.querylanguages.logql.ast.Position;

/// A query that does not parse (`parse error at line L, col C: what`) or does not make sense
/// (`parse error : what`).
public final class LogqlParseException extends FoursightException {
  private static final long serialVersionUID = 1;

  private LogqlParseException(String message) {
    super(ErrorKind.BAD_DATA, message);
  }

  static LogqlParseException at(String query, Position position, String what) {
    return new LogqlParseException("parse error at " + position.lineColumn(query) + ": " + what);
  }

  /// About the query as a whole.
  static LogqlParseException of(String what) {
    return new LogqlParseException("parse error : " + what);
  }

  /// What is wrong with a regular expression, quoted as it was written.
  static LogqlParseException ofRegex(String expression, FoursightException failure) {
    return of(failure.getMessage().replace("^(?s:" + expression + ")$", expression));
  }
}
