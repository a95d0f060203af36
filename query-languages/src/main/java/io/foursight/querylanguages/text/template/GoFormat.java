package io.foursight.querylanguages.text.template;

import io.foursight.querylanguages.text.GoFloats;
import io.foursight.querylanguages.text.GoStrings;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// Go's `fmt.Sprintf` for the values of templates: verbs v s q d t x X o b c U e E f F g G, flags
/// `+-# 0`, width and precision, `*`, `%%`; `%!d(string=x)` where verb and value do not fit.
final class GoFormat {
  private static final int MAX_WIDTH = 1_000_000;

  private final String format;
  private final List<Object> args;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int next;

  /// Of the directive at work.
  private String flags = "";

  private int width;
  private int precision;

  private GoFormat(String format, List<Object> args) {
    this.format = format;
    this.args = args;
  }

  static String format(String format, List<Object> args) {
    return new GoFormat(format, args).run();
  }

  private String run() {
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        out.append(c);
      } else {
        directive();
      }
    }
    if (next < args.size()) {
      out.append("%!(EXTRA ");
      for (int i = next; i < args.size(); i++) {
        out.append(i > next ? ", " : "").append(typed(args.get(i)));
      }
      out.append(')');
    }
    return out.toString();
  }

  private static String typed(Object value) {
    return Values.typeName(value).replace("int64", "int") + "=" + Values.print(value);
  }

  private void directive() {
    int start = at;
    while (at < format.length() && "+-# 0".indexOf(format.charAt(at)) >= 0) {
      at++;
    }
    flags = format.substring(start, at);
    width = number(-1);
    precision = -1;
    if (at < format.length() && format.charAt(at) == '.') {
      at++;
      precision = number(0);
    }
    if (at >= format.length()) {
      out.append("%!(NOVERB)");
      return;
    }
    int verb = format.codePointAt(at);
    at += Character.charCount(verb);
    if (verb == '%') {
      out.append('%');
    } else if (next >= args.size()) {
      out.append("%!").appendCodePoint(verb).append("(MISSING)");
    } else {
      Object value = args.get(next++);
      String text = text((char) verb, value);
      out.append(
          text == null
              ? "%!" + Character.toString(verb) + "(" + typed(value) + ")"
              : padded(text, value));
    }
  }

  private int number(int otherwise) {
    if (at < format.length() && format.charAt(at) == '*') {
      at++;
      return next < args.size() && args.get(next++) instanceof Long n
          ? Math.clamp(n, 0, MAX_WIDTH)
          : otherwise;
    }
    int start = at;
    long value = 0;
    while (at < format.length() && Character.isDigit(format.charAt(at))) {
      value = Math.min(MAX_WIDTH, value * 10 + format.charAt(at++) - '0');
    }
    return at == start ? otherwise : (int) value;
  }

  private boolean has(char flag) {
    return flags.indexOf(flag) >= 0;
  }

  private String padded(String text, Object value) {
    int missing = width - text.codePointCount(0, text.length());
    if (missing <= 0) {
      return text;
    }
    if (has('-')) {
      return text + " ".repeat(missing);
    }
    if (!has('0') || value instanceof Boolean) {
      return " ".repeat(missing) + text;
    }
    boolean signed = !(value instanceof String) && (text.startsWith("-") || text.startsWith("+"));
    return signed
        ? text.charAt(0) + "0".repeat(missing) + text.substring(1)
        : "0".repeat(missing) + text;
  }

  /// Null when the verb does not fit the value.
  private String text(char verb, Object value) {
    if (verb == 'v') {
      return value instanceof Double d ? real('g', d) : signed(Values.print(value), value);
    }
    return switch (value) {
      case String s -> string(verb, s);
      case Long n -> whole(verb, n);
      case Double d -> "eEfFgG".indexOf(verb) >= 0 ? real(verb, d) : null;
      case Boolean b -> verb == 't' ? b.toString() : null;
      default -> verb == 's' ? Values.print(value) : null;
    };
  }

  private String signed(String text, Object value) {
    return has('+') && value instanceof Long n && n >= 0 ? "+" + text : text;
  }

  private String string(char verb, String s) {
    String cut =
        precision >= 0 && precision < s.codePointCount(0, s.length())
            ? s.substring(0, s.offsetByCodePoints(0, precision))
            : s;
    return switch (verb) {
      case 's' -> cut;
      case 'q' -> GoStrings.quote(cut);
      case 'x' -> HexFormat.of().formatHex(cut.getBytes(StandardCharsets.UTF_8));
      case 'X' -> HexFormat.of().withUpperCase().formatHex(cut.getBytes(StandardCharsets.UTF_8));
      default -> null;
    };
  }

  private String whole(char verb, long n) {
    String digits =
        switch (verb) {
          case 'd' -> Long.toString(n);
          case 'x' -> Long.toString(n, 16);
          case 'X' -> Long.toString(n, 16).toUpperCase(Locale.ROOT);
          case 'o' -> Long.toString(n, 8);
          case 'b' -> Long.toString(n, 2);
          case 'c' -> Character.isValidCodePoint((int) n) ? Character.toString((int) n) : "\ufffd";
          case 'q' -> "'" + Character.toString((int) n) + "'";
          case 'U' -> String.format("U+%04X", n);
          default -> null;
        };
    if (digits == null || verb == 'c' || verb == 'q' || verb == 'U') {
      return digits;
    }
    String prefix =
        has('#') ? (verb == 'x' ? "0x" : verb == 'X' ? "0X" : verb == 'o' ? "0" : "") : "";
    String abs = n < 0 ? digits.substring(1) : digits;
    if (precision > abs.length()) {
      abs = "0".repeat(precision - abs.length()) + abs;
    }
    return (n < 0 ? "-" : has('+') ? "+" : has(' ') ? " " : "") + prefix + abs;
  }

  private String real(char verb, double d) {
    String text;
    if (!Double.isFinite(d)) {
      return GoFloats.plain(d);
    }
    switch (verb) {
      case 'f', 'F' ->
          text =
              new BigDecimal(d)
                  .setScale(precision < 0 ? 6 : precision, RoundingMode.HALF_EVEN)
                  .toPlainString();
      case 'e', 'E' -> text = String.format("%." + (precision < 0 ? 6 : precision) + "e", d);
      default -> text = precision < 0 ? GoFloats.general(d) : significant(d);
    }
    if (d == 0 && 1 / d < 0 && !text.startsWith("-")) {
      text = "-" + text;
    }
    if (verb == 'E' || verb == 'G') {
      text = text.toUpperCase(Locale.ROOT);
    }
    return d >= 0 && has('+') ? "+" + text : d >= 0 && has(' ') ? " " + text : text;
  }

  private String significant(double d) {
    if (d == 0) {
      return "0";
    }
    int digits = Math.max(1, precision);
    var rounded = new BigDecimal(d).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= -4 && exponent < digits) {
      return rounded.signum() == 0 ? "0" : strip(rounded).toPlainString();
    }
    String unscaled = strip(rounded).unscaledValue().abs().toString();
    return (d < 0 ? "-" : "")
        + unscaled.charAt(0)
        + (unscaled.length() > 1 ? "." + unscaled.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static BigDecimal strip(BigDecimal value) {
    return value.stripTrailingZeros();
  }
}
