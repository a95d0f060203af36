package io.foursight.querylanguages.logql.ast;

/// Where a piece of a query stands: UTF-16 offsets into the query text, `end` exclusive.
public record Position(int start, int end) {
  public Position to(Position last) {
    return new Position(start, last.end);
  }

  /// `line L, col C` of the start, both from 1; columns count characters, as Loki does.
  public String lineColumn(String query) {
    int line = 1;
    int lineStart = 0;
    int limit = Math.min(start, query.length());
    for (int i = 0; i < limit; i++) {
      if (query.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return "line " + line + ", col " + (query.codePointCount(lineStart, limit) + 1);
  }
}
