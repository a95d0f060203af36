package io.foursight.querylanguages.logql.pipeline;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.foursight.querylanguages.text.ByteSearch;

/// `| decolorize`: takes the escape sequences of terminals (ECMA-48: colours, cursor, titles) out
/// of the line.
final class DecolorizeStep implements Step {
  private static final Pattern SEQUENCE =
      Pattern.compile(
          "[\\x{1b}\\x{9b}][\\[\\]()#;?]*"
              + "(?:(?:(?:[a-zA-Z0-9]*(?:;[-a-zA-Z0-9/#&.:=?%@~_]*)*)?\\x{07})"
              + "|(?:(?:[0-9]{1,4}(?:;[0-9]{0,4})*)?[0-9A-PR-TZcf-nq-uy=><~]))");

  private final Matcher matcher = SEQUENCE.matcher(new byte[0]);

  @Override
  public boolean apply(Row row) {
    int end = row.offset + row.length;
    if (ByteSearch.indexOf(row.line, row.offset, end, (byte) 0x1b) < 0
        && ByteSearch.indexOf(row.line, row.offset, end, (byte) 0x9b) < 0) {
      return true;
    }
    byte[] text = row.lineCopy();
    byte[] out = row.room(text.length);
    int start = row.madeOffset();
    int n = start;
    int at = 0;
    matcher.reset(text);
    while (matcher.find()) {
      n = append(text, at, matcher.start(), out, n);
      at = matcher.end();
    }
    n = append(text, at, text.length, out, n);
    row.keep(n - start);
    row.line(out, start, n - start);
    return true;
  }

  private static int append(byte[] from, int start, int end, byte[] to, int at) {
    System.arraycopy(from, start, to, at, end - start);
    return at + end - start;
  }
}
