package io.foursight.distributor.logs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Finds the level in a line: a field of a JSON line (so many levels deep), a field of a logfmt
/// line, or else the first word that is a level. Works on the bytes; allocates nothing. Immutable.
final class LineLevel {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final long EQUALS_SIGNS = ONES * '=';

  private final List<byte[]> names;
  private final boolean[] firstBytes = new boolean[256];
  private final boolean[] lastBytes = new boolean[256];
  private final int maxDepth;

  LineLevel(List<String> fields, int maxDepth) {
    this.maxDepth = maxDepth;
    this.names =
        fields.stream()
            .map(field -> field.getBytes(StandardCharsets.UTF_8))
            .filter(bytes -> bytes.length > 0)
            .toList();
    for (byte[] name : names) {
      firstBytes[name[0] & 0xff] = true;
      lastBytes[name[name.length - 1] & 0xff] = true;
    }
  }

  LogLevel of(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int start = offset;
    while (start < end && bytes[start] <= ' ' && bytes[start] >= 0) {
      start++;
    }
    if (start == end) {
      return LogLevel.UNKNOWN;
    }
    LogLevel found = bytes[start] == '{' ? json(bytes, start, end) : logfmt(bytes, start, end);
    return found != LogLevel.UNKNOWN ? found : word(bytes, start, end);
  }

  boolean isField(byte[] bytes, int offset, int length) {
    if (length == 0 || !firstBytes[bytes[offset] & 0xff]) {
      return false;
    }
    for (byte[] name : names) {
      if (name.length == length && Arrays.equals(name, 0, length, bytes, offset, offset + length)) {
        return true;
      }
    }
    return false;
  }

  private LogLevel json(byte[] b, int start, int end) {
    int depth = 0;
    for (int i = start; i < end; i++) {
      switch (b[i]) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case '"' -> {
          int close = closingQuote(b, i + 1, end);
          if (close < 0) {
            return LogLevel.UNKNOWN;
          }
          if (depth <= maxDepth && isField(b, i + 1, close - i - 1)) {
            int value = skipBlank(b, close + 1, end);
            if (value < end && b[value] == ':') {
              value = skipBlank(b, value + 1, end);
              if (value < end && b[value] == '"') {
                int valueEnd = closingQuote(b, value + 1, end);
                if (valueEnd > 0) {
                  LogLevel level = LogLevel.of(b, value + 1, valueEnd - value - 1);
                  if (level != LogLevel.UNKNOWN) {
                    return level;
                  }
                  close = valueEnd;
                }
              }
            }
          }
          i = close;
        }
        default -> {}
      }
    }
    return LogLevel.UNKNOWN;
  }

  private static int closingQuote(byte[] b, int from, int end) {
    for (int i = from; i < end; i++) {
      // Eight bytes without quote or backslash are passed at once.
      while (i + 8 <= end) {
        long word = (long) LONGS.get(b, i);
        long hits = zero(word ^ QUOTES) | zero(word ^ BACKSLASHES);
        if (hits != 0) {
          i += Long.numberOfTrailingZeros(hits) >>> 3;
          break;
        }
        i += 8;
      }
      if (i >= end) {
        return -1;
      }
      byte c = b[i];
      if (c == '"') {
        return i;
      }
      if (c == '\\') {
        i++;
      }
    }
    return -1;
  }

  /// The high bit of the lowest byte that is zero is set, and none below it.
  private static long zero(long word) {
    return word - ONES & ~word & HIGHS;
  }

  private static int skipBlank(byte[] b, int from, int end) {
    int i = from;
    while (i < end && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r')) {
      i++;
    }
    return i;
  }

  private LogLevel logfmt(byte[] b, int start, int end) {
    boolean quoted = false;
    for (int i = start; i < end; i++) {
      while (i + 8 <= end) {
        long word = (long) LONGS.get(b, i);
        long hits = zero(word ^ QUOTES) | zero(word ^ BACKSLASHES) | zero(word ^ EQUALS_SIGNS);
        if (hits != 0) {
          i += Long.numberOfTrailingZeros(hits) >>> 3;
          break;
        }
        i += 8;
      }
      if (i >= end) {
        break;
      }
      byte c = b[i];
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\') {
        i++;
      } else if (c == '=' && !quoted && i > start && lastBytes[b[i - 1] & 0xff]) {
        int name = i - 1;
        while (name > start && b[name - 1] > ' ' && b[name - 1] != '"') {
          name--;
        }
        if (isField(b, name, i - name)) {
          int value = i + 1;
          int valueEnd;
          if (value < end && b[value] == '"') {
            valueEnd = closingQuote(b, ++value, end);
          } else {
            valueEnd = value;
            while (valueEnd < end && b[valueEnd] > ' ') {
              valueEnd++;
            }
          }
          LogLevel level =
              valueEnd < 0 ? LogLevel.UNKNOWN : LogLevel.of(b, value, valueEnd - value);
          if (level != LogLevel.UNKNOWN) {
            return level;
          }
        }
      }
    }
    return LogLevel.UNKNOWN;
  }

  private static final boolean[] LETTER = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      LETTER[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c >= 0x80;
    }
  }

  /// The first word, bounded by what is no letter, digit or `_`, that is a level.
  private static LogLevel word(byte[] b, int start, int end) {
    int i = start;
    while (i < end) {
      byte first = b[i];
      if (!LETTER[first & 0xff]) {
        i++;
        continue;
      }
      int from = i++;
      while (i < end && LETTER[b[i] & 0xff]) {
        i++;
      }
      if (i - from >= 3 && LogLevel.mayStart(first)) {
        LogLevel level = LogLevel.of(b, from, i - from);
        if (level != LogLevel.UNKNOWN) {
          return level;
        }
      }
    }
    return LogLevel.UNKNOWN;
  }
}
