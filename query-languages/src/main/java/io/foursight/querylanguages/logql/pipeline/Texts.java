package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.text.ByteSearch;
import java.nio.charset.StandardCharsets;

/// Cleans values on their way from a line to a label: escapes are resolved, and what is no UTF-8
/// (or the character that stands for it) becomes a blank. Values that need neither stay where they
/// are. The answer is in [#bytes], [#offset] and [#length]. Owned by one run.
final class Texts {
  /// A byte that UTF-8 never has and that is found as one of the high ones anyway.
  private static final byte NEVER = (byte) 0xff;

  byte[] bytes = new byte[0];
  int offset;
  int length;

  private final Row row;

  Texts(Row row) {
    this.row = row;
  }

  /// A value without escapes.
  void plain(byte[] b, int from, int to) {
    bytes = b;
    offset = from;
    length = to - from;
    if (ByteSearch.indexOfOrHigh(b, from, to, NEVER) >= 0) {
      valid();
    }
  }

  /// A value in which a backslash may escape. False when an escape is malformed.
  boolean escaped(byte[] b, int from, int to) {
    int i = ByteSearch.indexOfOrHigh(b, from, to, (byte) '\\');
    boolean high = i >= 0 && b[i] < 0;
    if (high) {
      i = ByteSearch.indexOf(b, i, to, (byte) '\\');
    }
    if (i < 0) {
      bytes = b;
      offset = from;
      length = to - from;
      if (high) {
        valid();
      }
      return true;
    }
    return resolve(b, from, i, to);
  }

  /// Escapes make a text shorter, never longer.
  private boolean resolve(byte[] b, int from, int firstEscape, int to) {
    byte[] out = row.room(to - from);
    int start = row.madeOffset();
    System.arraycopy(b, from, out, start, firstEscape - from);
    int n = start + firstEscape - from;
    int i = firstEscape;
    while (i < to) {
      byte c = b[i++];
      if (c != '\\') {
        out[n++] = c;
        continue;
      }
      if (i == to) {
        return false;
      }
      c = b[i++];
      switch (c) {
        case '"', '\\', '/', '\'' -> out[n++] = c;
        case 'b' -> out[n++] = '\b';
        case 'f' -> out[n++] = '\f';
        case 'n' -> out[n++] = '\n';
        case 'r' -> out[n++] = '\r';
        case 't' -> out[n++] = '\t';
        case 'u' -> {
          int code = hex(b, i, to);
          if (code < 0) {
            return false;
          }
          i += 4;
          if (Character.isHighSurrogate((char) code)
              && i + 1 < to
              && b[i] == '\\'
              && b[i + 1] == 'u') {
            int low = hex(b, i + 2, to);
            if (low >= 0 && Character.isLowSurrogate((char) low)) {
              code = Character.toCodePoint((char) code, (char) low);
              i += 6;
            }
          }
          n = put(out, n, Character.isSurrogate((char) code) && code < 0x10000 ? 0xfffd : code);
        }
        default -> {
          return false;
        }
      }
    }
    row.keep(n - start);
    bytes = out;
    offset = start;
    length = n - start;
    for (int k = start; k < n; k++) {
      if (out[k] < 0) {
        valid();
        break;
      }
    }
    return true;
  }

  private static int hex(byte[] b, int at, int to) {
    if (at + 4 > to) {
      return -1;
    }
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = b[i] < 0 ? -1 : Character.digit(b[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static int put(byte[] out, int at, int code) {
    int n = at;
    if (code < 0x80) {
      out[n++] = (byte) code;
    } else if (code < 0x800) {
      out[n++] = (byte) (0xc0 | code >> 6);
      out[n++] = (byte) (0x80 | code & 0x3f);
    } else if (code < 0x10000) {
      out[n++] = (byte) (0xe0 | code >> 12);
      out[n++] = (byte) (0x80 | code >> 6 & 0x3f);
      out[n++] = (byte) (0x80 | code & 0x3f);
    } else {
      out[n++] = (byte) (0xf0 | code >> 18);
      out[n++] = (byte) (0x80 | code >> 12 & 0x3f);
      out[n++] = (byte) (0x80 | code >> 6 & 0x3f);
      out[n++] = (byte) (0x80 | code & 0x3f);
    }
    return n;
  }

  /// Replaces what is no character by a blank, where there is any.
  private void valid() {
    String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') < 0) {
      return;
    }
    byte[] clean = text.replace('\ufffd', ' ').getBytes(StandardCharsets.UTF_8);
    offset = row.copy(clean, 0, clean.length);
    bytes = row.made();
    length = clean.length;
  }
}
