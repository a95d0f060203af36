package io.foursight.querylanguages.traceql.parse;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;

/// A query that does not parse (`invalid TraceQL query: parse error at line L, col C: what`), or
/// makes no sense, or asks for what is not supported.
public final class TraceqlParseException extends FoursightException {
  private static final long serialVersionUID = 1;

  /// What is wrong with a query.
  public enum Fault {
    /// It is not of the language.
    SYNTAX,
    /// Its types or its shape do not fit.
    INVALID,
    /// It is of the language, but has no meaning yet.
    UNSUPPORTED
  }

  private final Fault fault;

  private TraceqlParseException(Fault fault, String what) {
    super(ErrorKind.BAD_DATA, "invalid TraceQL query: " + what);
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }

  static TraceqlParseException at(String query, int offset, String what) {
    int line = 1;
    int lineStart = 0;
    int limit = Math.min(offset, query.length());
    for (int i = 0; i < limit; i++) {
      if (query.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    int column = query.codePointCount(lineStart, limit) + 1;
    return new TraceqlParseException(
        Fault.SYNTAX, "parse error at line " + line + ", col " + column + ": " + what);
  }

  static TraceqlParseException syntax(String what) {
    return new TraceqlParseException(Fault.SYNTAX, "parse error: " + what);
  }

  static TraceqlParseException invalid(String what) {
    return new TraceqlParseException(Fault.INVALID, what);
  }

  static TraceqlParseException unsupported(String what) {
    return new TraceqlParseException(Fault.UNSUPPORTED, what + " not yet supported");
  }
}
