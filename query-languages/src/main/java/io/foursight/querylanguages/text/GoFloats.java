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
