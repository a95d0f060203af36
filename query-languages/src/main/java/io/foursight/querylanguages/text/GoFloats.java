package io.foursight.querylanguages.text;

import java.math.BigDecimal;

/// Shortest decimal texts of doubles, as Go's `strconv.FormatFloat` with precision -1 writes them.
public final class GoFloats {
  private GoFloats() {}

  /// Format `'f'`: never an exponent. `NaN`, `+Inf`, `-Inf`. The HTTP API's sample values.
  public static String plain(double v) {
    if (!Double.isFinite(v)) {
      return special(v);
    }
    if (v == Math.rint(v) && Math.abs(v) < 1e15) {
      return v == 0 && 1 / v < 0 ? "-0" : Long.toString((long) v);
    }
    return new BigDecimal(Double.toString(v)).stripTrailingZeros().toPlainString();
  }

  /// Format `'g'`, which is what `%v` and `%g` print: an exponent (at least two digits) below 1e-4
  /// and from 1e6 on.
  public static String general(double v) {
    if (!Double.isFinite(v)) {
      return special(v);
    }
    if (v == 0) {
      return plain(v);
    }
    double abs = Math.abs(v);
    return abs < 1e-4 || abs >= 1e6 ? exponent(v) : plain(v);
  }

  /// What Go's `strconv.ParseFloat` reads (decimal forms only, and `Inf`, `NaN` in any case); NaN
  /// for what it refuses.
  public static double parse(String text) {
    int n = text.length();
    if (n == 0) {
      return Double.NaN;
    }
    char last = text.charAt(n - 1);
    if ((last >= '0' && last <= '9') || last == '.') {
      return decimal(text) ? Double.parseDouble(text) : Double.NaN;
    }
    String word = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
    if (word.equalsIgnoreCase("inf") || word.equalsIgnoreCase("infinity")) {
      return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return Double.NaN;
  }

  /// What is wrong with a text that [#parse(String)] refuses, in Go's words.
  public static String problem(String text) {
    return "strconv.ParseFloat: parsing " + GoStrings.quote(text) + ": invalid syntax";
  }

  private static boolean decimal(String text) {
    int i = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int start = i;
    int points = 0;
    while (i < text.length() && (isDigit(text.charAt(i)) || text.charAt(i) == '.')) {
      points += text.charAt(i) == '.' ? 1 : 0;
      i++;
    }
    if (points > 1 || i - start == points) {
      return false;
    }
    if (i == text.length()) {
      return true;
    }
    if (text.charAt(i) != 'e' && text.charAt(i) != 'E') {
      return false;
    }
    i++;
    if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      i++;
    }
    int digits = i;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    return i == text.length() && i > digits;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static String exponent(double v) {
    var decimal = new BigDecimal(Double.toString(v)).stripTrailingZeros();
    String digits = decimal.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - decimal.scale();
    var out = new StringBuilder();
    if (v < 0) {
      out.append('-');
    }
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    int abs = Math.abs(exponent);
    return out.append('e')
        .append(exponent < 0 ? '-' : '+')
        .append(abs < 10 ? "0" : "")
        .append(abs)
        .toString();
  }

  private static String special(double v) {
    return Double.isNaN(v) ? "NaN" : v > 0 ? "+Inf" : "-Inf";
  }
}
