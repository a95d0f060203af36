package io.foursight.querylanguages.promql.parse;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.querylanguages.promql.ast.Position;

/// A query that does not parse or type-check: `line:column: parse error: what`.
public final class PromqlParseException extends FoursightException {
  private static final long serialVersionUID = 1;

  private final transient Position position;

  PromqlParseException(String query, Position position, String what) {
    super(ErrorKind.BAD_DATA, position.lineColumn(query) + ": parse error: " + what);
    this.position = position;
  }

  public Position position() {
    return position;
  }
}
