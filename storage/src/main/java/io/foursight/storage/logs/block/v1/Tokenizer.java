package io.foursight.storage.logs.block.v1;

import java.util.Arrays;

/// Finds the variable parts of a line or value. How well it guesses decides about size alone: what
/// it names variable and what lies between always make up the line. JSON objects and logfmt lines
/// vary in their values, which are told with their keys; other text in tokens that have digits.
/// Owned by one thread; the result is valid until the next call.
final class Tokenizer {
  static final int NO_LAYOUT = -1;

  /// More variables than this: not worth it.
  private static final int MAX_VARIABLES = 200;

  private static final int MAX_TIMES = 2;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final byte DIGIT = 1;
  private static final byte LETTER = 2;
  private static final byte[] KINDS = new byte[256];

  static {
    for (int c = 0; c < 128; c++) {
      KINDS[c] =
          c >= '0' && c <= '9' ? DIGIT : c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ? LETTER : 0;
    }
  }

  int count;
  int[] starts = new int[32];
  int[] ends = new int[32];
  int[] keyStarts = new int[32];

  /// Length of the key, 0 = none.
  int[] keyLengths = new int[32];

  /// Layout of a time, or [#NO_LAYOUT].
  int[] layouts = new int[32];

  /// What [TimeLayout#delta] said.
  long[] deltas = new long[32];

  private final TimeLayout times = new TimeLayout();
  private byte[] b;
  private int to;
  private long time;
  private int timesLeft;

  /// @param time of the entry
  /// @return false when the line has too many variables
  boolean line(byte[] bytes, int from, int end, long entryTime) {
    start(bytes, end);
    time = entryTime;
    timesLeft = MAX_TIMES;
    if (end - from >= 2 && bytes[from] == '{' && bytes[end - 1] == '}') {
      json(from);
    } else if (isLogfmt(from)) {
      logfmt(from);
    } else {
      text(from, end);
    }
    return count < MAX_VARIABLES;
  }

  /// A value of some column, as text.
  boolean value(byte[] bytes, int from, int end) {
    start(bytes, end);
    timesLeft = 0;
    text(from, end);
    return count < MAX_VARIABLES;
  }

  private void start(byte[] bytes, int end) {
    b = bytes;
    to = end;
    count = 0;
  }

  private void add(int from, int end, int keyStart, int keyLength) {
    if (count >= MAX_VARIABLES) {
      return;
    }
    if (count == starts.length) {
      int capacity = 2 * count;
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
      keyStarts = Arrays.copyOf(keyStarts, capacity);
      keyLengths = Arrays.copyOf(keyLengths, capacity);
      layouts = Arrays.copyOf(layouts, capacity);
      deltas = Arrays.copyOf(deltas, capacity);
    }
    starts[count] = from;
    ends[count] = end;
    keyStarts[count] = keyStart;
    keyLengths[count] = keyLength;
    layouts[count++] = NO_LAYOUT;
  }

  /// A value with a key; the time in front of it, if there is one, for itself.
  private void addValue(int from, int end, int keyStart, int keyLength) {
    if (timesLeft > 0 && end - from >= 19 && isTime(from, end, keyStart, keyLength)) {
      return;
    }
    add(from, end, keyStart, keyLength);
  }

  /// Takes a time that makes up all of `from .. end` but for a zone without digits.
  private boolean isTime(int from, int end, int keyStart, int keyLength) {
    if (!times.parse(b, from, end, time)) {
      return false;
    }
    int rest = from + times.length();
    if (end - rest > 6) {
      return false;
    }
    addTime(from, keyStart, keyLength);
    return true;
  }

  private void addTime(int from, int keyStart, int keyLength) {
    timesLeft--;
    add(from, from + times.length(), keyStart, keyLength);
    layouts[count - 1] = times.layout();
    deltas[count - 1] = times.delta();
  }

  private void json(int from) {
    int keyStart = from;
    int keyLength = 0;
    int i = from;
    while (i < to) {
      byte c = b[i];
      if (c == '"') {
        int close = closingQuote(i + 1);
        if (close < 0) {
          return;
        }
        int next = close + 1;
        while (next < to && b[next] == ' ') {
          next++;
        }
        if (next < to && b[next] == ':') {
          keyStart = i + 1;
          keyLength = close - keyStart;
          i = next + 1;
        } else {
          addValue(i + 1, close, keyStart, keyLength);
          i = close + 1;
        }
      } else if (isAlphanumeric(c) || c == '-') {
        int end = i + 1;
        while (end < to
            && (isAlphanumeric(b[end]) || b[end] == '.' || b[end] == '+' || b[end] == '-')) {
          end++;
        }
        add(i, end, keyStart, keyLength);
        i = end;
      } else {
        i++;
      }
    }
  }

  /// -1 when there is none.
  private int closingQuote(int from) {
    int i = from;
    while (i < to) {
      // Eight bytes without quote or backslash are passed at once.
      if (i + 8 <= b.length) {
        long word = Bytes.at(b, i);
        long quotes = word ^ QUOTES;
        long slashes = word ^ BACKSLASHES;
        long hits = (quotes - ONES & ~quotes | slashes - ONES & ~slashes) & HIGH_BITS;
        if (hits == 0) {
          i += 8;
          continue;
        }
        i += Long.numberOfTrailingZeros(hits) >>> 3;
        if (i >= to) {
          return -1;
        }
      }
      if (b[i] == '"') {
        return i;
      }
      i += b[i] == '\\' ? 2 : 1;
    }
    return -1;
  }

  private boolean isLogfmt(int from) {
    int i = from;
    while (i < to && isKey(b[i])) {
      i++;
    }
    return i > from && i < to && b[i] == '=' && !isDigit(b[from]);
  }

  private static boolean isKey(byte c) {
    return isAlphanumeric(c) || c == '_' || c == '.' || c == '-';
  }

  private void logfmt(int from) {
    int i = from;
    while (i < to) {
      if (b[i] == ' ') {
        i++;
        continue;
      }
      int start = i;
      while (i < to && isKey(b[i])) {
        i++;
      }
      if (i < to && b[i] == '=' && i > start) {
        int keyLength = i - start;
        i++;
        int end;
        if (i < to && b[i] == '"' && (end = closingQuote(i + 1)) >= 0) {
          addValue(i + 1, end, start, keyLength);
          i = end + 1;
        } else {
          end = i;
          while (end < to && b[end] != ' ') {
            end++;
          }
          if (end > i) {
            addValue(i, end, start, keyLength);
          }
          i = end;
        }
      } else {
        while (i < to && b[i] != ' ') {
          i++;
        }
        text(start, i);
      }
    }
  }

  private void text(int from, int end) {
    int i = from;
    while (i < end) {
      if (!isAlphanumeric(b[i])) {
        i++;
        continue;
      }
      int start = i;
      int digits = 0;
      int kind;
      while (i < end && (kind = KINDS[b[i] & 0xff]) != 0) {
        digits += kind & DIGIT;
        i++;
      }
      if (digits > 0) {
        i = token(start, i, digits, end);
      }
    }
  }

  /// A token with digits.
  ///
  /// @return where to go on
  private int token(int start, int tokenEnd, int digits, int end) {
    int length = tokenEnd - start;
    if (timesLeft > 0) {
      int at = length == 5 && digits == 4 && !isDigit(b[start]) ? start + 1 : start;
      if (isDigit(b[at]) && times.parse(b, at, end, time)) {
        addTime(at, 0, 0);
        return ends[count - 1];
      }
    }
    if (isUuid(start, end)) {
      add(start, start + 36, 0, 0);
      return start + 36;
    }
    if (digits == length) {
      return number(start, tokenEnd, end);
    }
    if (length >= 8 && isHex(start, tokenEnd)) {
      add(start, tokenEnd, 0, 0);
      return tokenEnd;
    }
    int lead = start;
    while (isDigit(b[lead])) {
      lead++;
    }
    if (lead - start == digits) {
      // 100ms
      add(start, lead, 0, 0);
      return tokenEnd;
    }
    int tail = tokenEnd;
    while (isDigit(b[tail - 1])) {
      tail--;
    }
    if (tokenEnd - tail == digits) {
      // v3
      return number(tail, tokenEnd, end);
    }
    add(start, tokenEnd, 0, 0);
    return tokenEnd;
  }

  /// Digits, and a fraction when exactly one point stands between digits.
  private int number(int start, int tokenEnd, int end) {
    int fraction = tokenEnd + 1;
    if (fraction < end
        && b[tokenEnd] == '.'
        && isDigit(b[fraction])
        && !(start - 2 >= 0 && start > 0 && b[start - 1] == '.' && isDigit(b[start - 2]))) {
      int p = fraction;
      while (p < end && isDigit(b[p])) {
        p++;
      }
      if (!(p + 1 < end && b[p] == '.' && isDigit(b[p + 1]))) {
        add(start, p, 0, 0);
        // A unit behind it is no token of its own.
        while (p < end && isLetter(b[p])) {
          p++;
        }
        return p < end && isDigit(b[p]) ? ends[count - 1] : p;
      }
    }
    add(start, tokenEnd, 0, 0);
    return tokenEnd;
  }

  private boolean isUuid(int start, int end) {
    if (end - start < 36
        || b[start + 8] != '-'
        || b[start + 13] != '-'
        || b[start + 18] != '-'
        || b[start + 23] != '-') {
      return false;
    }
    return isHex(start, start + 8)
        && isHex(start + 9, start + 13)
        && isHex(start + 14, start + 18)
        && isHex(start + 19, start + 23)
        && isHex(start + 24, start + 36);
  }

  private boolean isHex(int from, int end) {
    for (int i = from; i < end; i++) {
      byte c = b[i];
      if (!isDigit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F')) {
        return false;
      }
    }
    return true;
  }

  static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(byte c) {
    return KINDS[c & 0xff] == LETTER;
  }

  static boolean isAlphanumeric(byte c) {
    return KINDS[c & 0xff] != 0;
  }
}
