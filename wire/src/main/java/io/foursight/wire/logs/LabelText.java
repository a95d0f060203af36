package io.foursight.wire.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/// Reads `{name="value", ...}` as Prometheus's metric syntax has it: an optional metric name before
/// the brace, a comma may follow the last pair, values in double or single quotes with Go's escapes
/// or in back quotes without any. Owned by one thread, used once.
final class LabelText {
  private final String text;
  private int position;

  private LabelText(String text) {
    this.text = text;
  }

  static StreamLabels parse(byte[] bytes, int offset, int length) {
    String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, offset, length));
    } catch (CharacterCodingException e) {
      return StreamLabels.refused(
          StreamLabels.INVALID,
          text,
          "error parsing labels '" + text + "' with error: invalid UTF-8");
    }
    return parse(text);
  }

  static StreamLabels parse(String text) {
    try {
      return new LabelText(text).read();
    } catch (FoursightException e) {
      return StreamLabels.refused(
          StreamLabels.INVALID,
          text,
          "error parsing labels '" + text + "' with error: " + e.getMessage());
    }
  }

  private StreamLabels read() {
    var labels = new TreeMap<String, String>(Labels::compareText);
    blank();
    if (position < text.length() && isNameStart(text.charAt(position))) {
      labels.put(Labels.METRIC_NAME, name());
      blank();
    }
    expect('{');
    for (blank(); peek() != '}'; blank()) {
      String name = peek() == '"' || peek() == '\'' || peek() == '`' ? quoted() : name();
      blank();
      expect('=');
      blank();
      String value = quoted();
      if (labels.put(name, value) != null) {
        return StreamLabels.refused(
            StreamLabels.DUPLICATE,
            text,
            "stream '" + text + "' has duplicate label name: '" + name + "'");
      }
      blank();
      if (peek() == ',') {
        position++;
      } else if (peek() != '}') {
        throw unexpected("\",\" or \"}\"");
      }
    }
    position++;
    blank();
    if (position < text.length()) {
      throw unexpected("end of input");
    }
    return StreamLabels.of(Labels.of(labels));
  }

  private void blank() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private int peek() {
    return position < text.length() ? text.charAt(position) : -1;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw unexpected("\"" + c + "\"");
    }
    position++;
  }

  static boolean isName(String name) {
    if (name.isEmpty() || !isNameStart(name.charAt(0))) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isNameStart(c) && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private String name() {
    int start = position;
    while (position < text.length()
        && (isNameStart(text.charAt(position))
            || (position > start && Character.isDigit(text.charAt(position))))) {
      position++;
    }
    if (position == start) {
      throw unexpected("a label name");
    }
    return text.substring(start, position);
  }

  private String quoted() {
    int quote = peek();
    if (quote != '"' && quote != '\'' && quote != '`') {
      throw unexpected("a quoted string");
    }
    int start = position++;
    var out = new StringBuilder();
    while (true) {
      if (position >= text.length() || (quote != '`' && text.charAt(position) == '\n')) {
        throw error(start, "unterminated quoted string");
      }
      char c = text.charAt(position++);
      if (c == quote) {
        return out.toString();
      }
      if (c == '\\' && quote != '`') {
        escape(out);
      } else {
        out.append(c);
      }
    }
  }

  private void escape(StringBuilder out) {
    int at = position - 1;
    char c = position < text.length() ? text.charAt(position++) : ' ';
    switch (c) {
      case 'a' -> out.append('\u0007');
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'v' -> out.append('\u000b');
      case '\\', '"', '\'' -> out.append(c);
      case 'x' -> out.append((char) number(at, 2, 16));
      case 'u' -> out.appendCodePoint(codePoint(at, number(at, 4, 16)));
      case 'U' -> out.appendCodePoint(codePoint(at, number(at, 8, 16)));
      default -> {
        if (c < '0' || c > '7') {
          throw error(at, "unknown escape sequence");
        }
        position--;
        out.append((char) number(at, 3, 8));
      }
    }
  }

  private long number(int at, int digits, int radix) {
    if (position + digits > text.length()) {
      throw error(at, "escape sequence not terminated");
    }
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(text.charAt(position++), radix);
      if (digit < 0) {
        throw error(at, "unknown escape sequence");
      }
      value = value * radix + digit;
    }
    return value;
  }

  private int codePoint(int at, long value) {
    if (value > Character.MAX_CODE_POINT || (value >= 0xd800 && value < 0xe000)) {
      throw error(at, "escape sequence is an invalid Unicode code point");
    }
    return (int) value;
  }

  private FoursightException unexpected(String wanted) {
    String found =
        position >= text.length() ? "end of input" : "character: '" + text.charAt(position) + "'";
    return error(position, "unexpected " + found + ", expected " + wanted);
  }

  private FoursightException error(int at, String what) {
    return FoursightException.badData("1:" + (at + 1) + ": parse error: " + what);
  }
}
