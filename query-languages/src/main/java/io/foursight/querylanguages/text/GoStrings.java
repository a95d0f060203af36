package io.foursight.querylanguages.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Go's quoted strings.
public final class GoStrings {
  private static final String LETTERS = "abfnrtv";
  private static final String MEANINGS = "\u0007\b\f\n\r\t\u000b";

  /// Added to a byte that is no UTF-8, a lone low surrogate stands for it.
  private static final int BYTE = 0xdc00;

  private GoStrings() {}

  /// The text in double quotes as `strconv.Quote` writes it.
  public static String quote(String text) {
    var out = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> quote(out, c));
    return out.append('"').toString();
  }

  private static void quote(StringBuilder out, int c) {
    int letter = MEANINGS.indexOf(c);
    if (isByte(c)) {
      out.append(String.format("\\x%02x", c - BYTE));
      return;
    }
    if (c == '"' || c == '\\') {
      out.append('\\').append((char) c);
    } else if (letter >= 0) {
      out.append('\\').append(LETTERS.charAt(letter));
    } else if (isPrintable(c)) {
      out.appendCodePoint(c);
    } else if (c < 0x80) {
      out.append(String.format("\\x%02x", c));
    } else {
      out.append(c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c));
    }
  }

  private static boolean isPrintable(int c) {
    if (c == ' ') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /// Whether a code point stands for a byte that is no UTF-8.
  private static boolean isByte(int c) {
    return c >= BYTE + 0x80 && c <= BYTE + 0xff;
  }

  /// What a quoted text means: in double or single quotes with escapes, or raw in back quotes.
  /// Bytes that are no UTF-8 (`\xff`) become U+FFFD. Empty when the text is not well formed.
  public static Optional<String> unquote(String quoted) {
    return unquoteVerbatim(quoted).map(GoStrings::valid);
  }

  private static String valid(String text) {
    if (text.codePoints().noneMatch(GoStrings::isByte)) {
      return text;
    }
    var out = new StringBuilder(text.length());
    text.codePoints().map(c -> isByte(c) ? 0xfffd : c).forEach(out::appendCodePoint);
    return out.toString();
  }

  /// The same, but bytes that are no UTF-8 stay as single low surrogates (0xDC00 + byte), which no
  /// valid text has, so that [#quote] writes them as they were.
  public static Optional<String> unquoteVerbatim(String quoted) {
    int n = quoted.length();
    if (n < 2 || quoted.charAt(0) != quoted.charAt(n - 1)) {
      return Optional.empty();
    }
    char quote = quoted.charAt(0);
    String body = quoted.substring(1, n - 1);
    if (quote == '`') {
      return body.indexOf('`') >= 0 ? Optional.empty() : Optional.of(body);
    }
    if ((quote != '"' && quote != '\'') || body.indexOf('\n') >= 0) {
      return Optional.empty();
    }
    if (body.indexOf('\\') < 0) {
      return body.indexOf(quote) >= 0 ? Optional.empty() : Optional.of(body);
    }
    return unescape(body, quote);
  }

  private static Optional<String> unescape(String body, char quote) {
    var bytes = new ByteArrayOutputStream(body.length());
    int i = 0;
    while (i < body.length()) {
      int c = body.codePointAt(i);
      if (c == quote) {
        return Optional.empty();
      }
      if (c != '\\') {
        put(bytes, c);
        i += Character.charCount(c);
        continue;
      }
      int used = escape(body, i + 1, quote, bytes);
      if (used < 0) {
        return Optional.empty();
      }
      i += 1 + used;
    }
    return Optional.of(decoded(bytes.toByteArray()));
  }

  private static String decoded(byte[] bytes) {
    var decoder = StandardCharsets.UTF_8.newDecoder();
    var in = ByteBuffer.wrap(bytes);
    var out = CharBuffer.allocate(bytes.length);
    while (decoder.decode(in, out, true).isMalformed()) {
      out.put((char) (BYTE + (in.get() & 0xff)));
      decoder.reset();
    }
    return out.flip().toString();
  }

  /// Characters used after the backslash, or -1.
  private static int escape(String s, int at, char quote, ByteArrayOutputStream out) {
    if (at >= s.length()) {
      return -1;
    }
    char c = s.charAt(at);
    int letter = LETTERS.indexOf(c);
    if (letter >= 0) {
      out.write(MEANINGS.charAt(letter));
      return 1;
    }
    if (c == '\\' || c == quote) {
      out.write(c);
      return 1;
    }
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : c >= '0' && c <= '7' ? 3 : 0;
    int from = digits == 3 ? at : at + 1;
    if (digits == 0 || from + digits > s.length()) {
      return -1;
    }
    int radix = digits == 3 ? 8 : 16;
    long value = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = s.charAt(i) < 0x80 ? Character.digit(s.charAt(i), radix) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    if (c == 'u' || c == 'U') {
      if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        return -1;
      }
      put(out, (int) value);
    } else if (value > 255) {
      return -1;
    } else {
      out.write((int) value);
    }
    return from + digits - at;
  }

  private static void put(ByteArrayOutputStream out, int codePoint) {
    out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
  }
}
