package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.text.ByteSearch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// `| logfmt`: `key=value` pairs, values bare or in double quotes. Without `strict` what is no pair
/// is skipped up to the next blank; with it the first such thing ends the work with an error.
///
/// With extractions only the named keys are taken, under other names, and those missing are empty.
final class LogfmtStep implements Step {
  static final String ERROR = "LogfmtParserErr";

  private final boolean strict;
  private final boolean keepEmpty;
  private final Keys keys;
  private final Wanted wanted;
  private final Texts texts;

  /// Extractions: label and key; none means all.
  private final int[] labels;

  private final byte[][] paths;

  LogfmtStep(
      boolean strict,
      boolean keepEmpty,
      int[] labels,
      byte[][] paths,
      Keys keys,
      Wanted wanted,
      Texts texts) {
    this.strict = strict;
    this.keepEmpty = keepEmpty;
    this.labels = labels;
    this.paths = paths;
    this.keys = keys;
    this.wanted = wanted;
    this.texts = texts;
  }

  @Override
  public boolean apply(Row row) {
    row.labels.beginPass();
    byte[] b = row.line;
    int end = row.offset + row.length;
    int at = row.offset;
    while (at < end) {
      while (at < end && isBlank(b[at])) {
        at++;
      }
      if (at < end) {
        at = pair(row, b, at, end);
        if (at < 0) {
          break;
        }
      }
    }
    for (int label : labels) {
      if (row.labels.find(label) < 0) {
        row.labels.addParsed(label, b, row.offset, 0);
      }
    }
    return true;
  }

  /// Takes one pair; the index after it, or -1 to stop.
  private int pair(Row row, byte[] b, int start, int end) {
    int at = ByteSearch.endOfWord(b, start, end, (byte) '=', (byte) '"');
    int keyEnd = at;
    if (at < end && b[at] == '"') {
      return problem(row, b, at, end, "unexpected '\"'");
    }
    if (at == start) {
      return problem(row, b, at, end, "unexpected '='");
    }
    if (!isText(b, start, keyEnd)) {
      return problem(row, b, at, end, "invalid key");
    }
    if (at == end || b[at] != '=') {
      add(row, b, start, keyEnd, at, at, false);
      return at;
    }
    at++;
    if (at < end && b[at] == '"') {
      return quoted(row, b, start, keyEnd, at, end);
    }
    int value = at;
    at = ByteSearch.endOfWord(b, at, end, (byte) '=', (byte) '"');
    if (at < end && !isBlank(b[at])) {
      return problem(row, b, at, end, "unexpected '" + (char) b[at] + "'");
    }
    add(row, b, start, keyEnd, value, at, false);
    return at;
  }

  private int quoted(Row row, byte[] b, int start, int keyEnd, int open, int end) {
    int at = ByteSearch.indexOfEither(b, open + 1, end, (byte) '"', (byte) '\\');
    boolean escapes = at >= 0 && b[at] == '\\';
    while (at >= 0 && at < end && b[at] == '\\') {
      at = ByteSearch.indexOfEither(b, Math.min(end, at + 2), end, (byte) '"', (byte) '\\');
    }
    if (at < 0) {
      return problem(row, b, end, end, "unterminated quoted value");
    }
    if (!add(row, b, start, keyEnd, open + 1, at, escapes)) {
      return problem(row, b, at, end, "invalid quoted value");
    }
    return at + 1;
  }

  private boolean add(
      Row row, byte[] b, int start, int keyEnd, int value, int valueEnd, boolean escapes) {
    if (value == valueEnd && !keepEmpty && paths.length == 0) {
      return true;
    }
    if (paths.length > 0) {
      for (int i = 0; i < paths.length; i++) {
        if (Arrays.equals(b, start, keyEnd, paths[i], 0, paths[i].length)) {
          if (!text(b, value, valueEnd, escapes)) {
            return false;
          }
          row.labels.addParsed(labels[i], texts.bytes, texts.offset, texts.length);
        }
      }
      return true;
    }
    int label = keys.label(keys.key(Keys.ROOT, b, start, keyEnd - start));
    if (label == Keys.NO_LABEL || !wanted.is(label)) {
      return true;
    }
    if (!text(b, value, valueEnd, escapes)) {
      return false;
    }
    row.labels.addParsed(label, texts.bytes, texts.offset, texts.length);
    return true;
  }

  private boolean text(byte[] b, int from, int to, boolean escapes) {
    if (escapes) {
      return texts.escaped(b, from, to);
    }
    texts.plain(b, from, to);
    return true;
  }

  private int problem(Row row, byte[] b, int at, int end, String what) {
    if (strict) {
      row.labels.error(ERROR, "logfmt syntax error at pos " + (at - row.offset + 1) + " : " + what);
      return -1;
    }
    int next = at;
    while (next < end && !isBlank(b[next])) {
      next++;
    }
    return next;
  }

  private static boolean isBlank(byte c) {
    return c >= 0 && c <= ' ';
  }

  private static boolean isText(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (b[i] < 0) {
        return new String(b, from, to - from, StandardCharsets.UTF_8).indexOf('\ufffd') < 0;
      }
    }
    return true;
  }
}
