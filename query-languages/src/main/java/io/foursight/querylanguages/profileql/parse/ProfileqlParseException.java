package io.foursight.querylanguages.profileql.parse;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;

/// A selector that does not parse: `parse error at line L, col C: what`.
public final class ProfileqlParseException extends FoursightException {
  private static final long serialVersionUID = 1;

  private ProfileqlParseException(String message) {
    super(ErrorKind.BAD_DATA, message);
  }

  static ProfileqlParseException at(String text, int offset, String what) {
    int line = 1;
    int lineStart = 0;
    int limit = Math.min(offset, text.length());
    for (int i = 0; i < limit; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    int column = text.codePointCount(lineStart, limit) + 1;
    return new ProfileqlParseException(
        "parse error at line " + line + ", col " + column + ": " + what);
  }
}
