package io.foursight.querylanguages.promql.ast;

/// Where a piece of a query stands: UTF-16 offsets into the query text, `end` exclusive.
public record Position(int start, int end) {
  public static final Position NONE = new Position(0, 0);

  public Position to(Position last) {
    return new Position(start, last.end);
  }

  /// `line:column` of the start, both from 1; columns count UTF-8 bytes, as Prometheus does.
  public String lineColumn(String query) {
    if (query.isEmpty()) {
      return "unknown position";
    }
    int line = 1;
    int lineStart = 0;
    int limit = Math.min(start, query.length());
    for (int i = 0; i < limit; i++) {
      if (query.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    int column = 1;
    for (int i = lineStart; i < limit; ) {
      int c = query.codePointAt(i);
      column += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      i += Character.charCount(c);
    }
    return line + ":" + column;
  }
}
