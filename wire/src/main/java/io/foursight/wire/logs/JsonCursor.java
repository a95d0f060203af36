package io.foursight.wire.logs;

import io.foursight.model.FoursightException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A cursor over the bytes of a JSON text that reads strings into an array of the caller's, eight
/// bytes at a time. Every error is `BAD_DATA` with the offset. Owned by one thread.
final class JsonCursor {
  /// Room that must be behind what [#string] writes.
  static final int SLACK = 8;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';

  private byte[] bytes = {};
  private int position;
  private int limit;

  void reset(byte[] newBytes, int offset, int length) {
    bytes = newBytes;
    position = offset;
    limit = offset + length;
  }

  int position() {
    return position;
  }

  /// The next byte that is no white space, not consumed; -1 at the end.
  int peek() {
    while (position < limit) {
      byte b = bytes[position];
      if (b != ' ' && b != '\n' && b != '\t' && b != '\r') {
        return b;
      }
      position++;
    }
    return -1;
  }

  boolean take(char c) {
    if (peek() == c) {
      position++;
      return true;
    }
    return false;
  }

  void expect(char c, String where) {
    if (!take(c)) {
      throw error("expected '" + c + "' " + where);
    }
  }

  /// Whether another member or item follows; consumes the comma before it, or the closing bracket.
  boolean more(boolean first, char close) {
    if (take(close)) {
      return false;
    }
    if (!first) {
      expect(',', "or '" + close + "'");
      if (peek() == close) {
        throw error("unexpected '" + close + "' behind a comma");
      }
    }
    return true;
  }

  /// A short string as text: keys, labels, times.
  String text() {
    int start = position();
    int from = peek() == '"' ? position + 1 : start;
    skipString();
    int length = position - 1 - from;
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == '\\') {
        byte[] unescaped = new byte[length + 2 * SLACK];
        int end = position;
        position = from - 1;
        int n = string(unescaped, 0);
        position = end;
        return new String(unescaped, 0, n, StandardCharsets.UTF_8);
      }
    }
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }

  /// Reads a string, unescaped, to `out[at..]`; at least [#SLACK] more bytes than the JSON string
  /// has must be there.
  ///
  /// @return the end in `out`
  int string(byte[] out, int at) {
    expect('"', "before a string");
    byte[] b = bytes;
    int p = position;
    int w = at;
    int fast = limit - 8;
    while (true) {
      while (p <= fast) {
        long v = (long) LONGS.get(b, p);
        LONGS.set(out, w, v);
        long q = v ^ QUOTES;
        long s = v ^ BACKSLASHES;
        long special = ((q - ONES & ~q) | (s - ONES & ~s)) & HIGHS;
        if (special != 0) {
          int n = Long.numberOfTrailingZeros(special) >>> 3;
          p += n;
          w += n;
          break;
        }
        p += 8;
        w += 8;
      }
      if (p >= limit) {
        throw error("unterminated string");
      }
      byte c = b[p++];
      if (c == '"') {
        position = p;
        return w;
      }
      if (c == '\\') {
        position = p;
        w = escape(out, w);
        p = position;
      } else {
        out[w++] = c;
      }
    }
  }

  private int escape(byte[] out, int at) {
    if (position >= limit) {
      throw error("unterminated string");
    }
    int w = at;
    switch (bytes[position++]) {
      case '"' -> out[w++] = '"';
      case '\\' -> out[w++] = '\\';
      case '/' -> out[w++] = '/';
      case 'n' -> out[w++] = '\n';
      case 't' -> out[w++] = '\t';
      case 'r' -> out[w++] = '\r';
      case 'b' -> out[w++] = '\b';
      case 'f' -> out[w++] = '\f';
      case 'u' -> w = utf8(codePoint(), out, w);
      default -> throw error("invalid escape");
    }
    return w;
  }

  private int codePoint() {
    int first = hex4();
    if (first < 0xd800 || first > 0xdfff) {
      return first;
    }
    if (first < 0xdc00
        && position + 6 <= limit
        && bytes[position] == '\\'
        && bytes[position + 1] == 'u') {
      int before = position;
      position += 2;
      int second = hex4();
      if (second >= 0xdc00 && second <= 0xdfff) {
        return Character.toCodePoint((char) first, (char) second);
      }
      position = before;
    }
    return 0xfffd;
  }

  private int hex4() {
    if (position + 4 > limit) {
      throw error("unterminated string");
    }
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(bytes[position++], 16);
      if (digit < 0) {
        throw error("invalid \\u escape");
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static int utf8(int c, byte[] out, int at) {
    int w = at;
    if (c < 0x80) {
      out[w++] = (byte) c;
    } else if (c < 0x800) {
      out[w++] = (byte) (0xc0 | c >> 6);
      out[w++] = (byte) (0x80 | c & 0x3f);
    } else if (c < 0x10000) {
      out[w++] = (byte) (0xe0 | c >> 12);
      out[w++] = (byte) (0x80 | c >> 6 & 0x3f);
      out[w++] = (byte) (0x80 | c & 0x3f);
    } else {
      out[w++] = (byte) (0xf0 | c >> 18);
      out[w++] = (byte) (0x80 | c >> 12 & 0x3f);
      out[w++] = (byte) (0x80 | c >> 6 & 0x3f);
      out[w++] = (byte) (0x80 | c & 0x3f);
    }
    return w;
  }

  /// A string that holds a decimal integer.
  long integer(String what) {
    expect('"', "before " + what);
    int start = position;
    boolean negative = position < limit && bytes[position] == '-';
    if (negative) {
      position++;
    }
    long value = 0;
    int digits = 0;
    for (; position < limit && bytes[position] >= '0' && bytes[position] <= '9'; position++) {
      int digit = bytes[position] - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        throw error(what + " is out of range");
      }
      value = value * 10 + digit;
      digits++;
    }
    if (digits == 0 || position >= limit || bytes[position] != '"') {
      position = start;
      throw error(what + " is not an integer");
    }
    position++;
    return negative ? -value : value;
  }

  /// Skips any value. Brackets are counted, strings are respected; the rest is not looked at.
  void skip() {
    int depth = 0;
    do {
      int c = peek();
      switch (c) {
        case -1 -> throw error("the text ends inside a value");
        case '"' -> skipString();
        case '{', '[' -> {
          depth++;
          position++;
        }
        case '}', ']' -> {
          if (--depth < 0) {
            throw error("unexpected '" + (char) c + "'");
          }
          position++;
        }
        case ',', ':' -> {
          if (depth == 0) {
            throw error("expected a value");
          }
          position++;
        }
        default -> scalar();
      }
    } while (depth > 0);
  }

  private void scalar() {
    int start = position;
    while (position < limit && ",:]} \n\t\r\"[{".indexOf(bytes[position]) < 0) {
      position++;
    }
    if (position == start) {
      throw error("expected a value");
    }
  }

  private void skipString() {
    expect('"', "before a string");
    while (position < limit) {
      byte c = bytes[position++];
      if (c == '"') {
        return;
      }
      if (c == '\\') {
        position++;
      }
    }
    throw error("unterminated string");
  }

  void end() {
    if (peek() >= 0) {
      throw error("unexpected content behind the value");
    }
  }

  FoursightException error(String what) {
    return FoursightException.badData(
        "malformed JSON at byte " + Math.min(position, limit) + ": " + what);
  }
}
