package io.foursight.wire.json;

/// Numbers as bytes, in the forms that Go's `strconv` gives them in Prometheus's JSON.
///
/// Doubles: the shortest digits that read back as the same double, plain (`'f'`) unless `|v| <
/// 1e-6` or `|v| >= 1e21`, then with an exponent of at least two digits (`'e'`): `1e-07`, `1e+21`;
/// `NaN`, `+Inf`, `-Inf`; negative zero is `-0`. Each `put` writes at `at`, returns the place
/// behind the last byte, and needs the room named here.
final class JsonNumbers {
  /// Longest output of [#putDouble]: sign, 21 digits or `0.00000` and 17 digits, and slack.
  static final int MAX_DOUBLE = 32;

  private static final double[] POWERS = {1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

  private JsonNumbers() {}

  static int putLong(long value, byte[] out, int at) {
    if (value < 0) {
      out[at++] = '-';
      return putDigits(value, out, at);
    }
    return putDigits(-value, out, at);
  }

  /// Takes the value negated, so that the smallest long works too.
  private static int putDigits(long negated, byte[] out, int at) {
    int digits = 1;
    for (long rest = negated / 10; rest != 0; rest /= 10) {
      digits++;
    }
    long rest = negated;
    for (int i = at + digits - 1; i >= at; i--) {
      out[i] = (byte) ('0' - rest % 10);
      rest /= 10;
    }
    return at + digits;
  }

  static int putTimestamp(long millis, byte[] out, int at) {
    if (millis < 0) {
      out[at++] = '-';
    }
    at = putDigits(-Math.abs(millis / 1000), out, at);
    int fraction = (int) Math.abs(millis % 1000);
    if (fraction != 0) {
      out[at++] = '.';
      out[at++] = (byte) ('0' + fraction / 100);
      out[at++] = (byte) ('0' + fraction / 10 % 10);
      out[at++] = (byte) ('0' + fraction % 10);
    }
    return at;
  }

  static int putDouble(double value, byte[] out, int at) {
    if (Double.isNaN(value)) {
      return putAscii("NaN", out, at);
    }
    if (Double.isInfinite(value)) {
      return putAscii(value > 0 ? "+Inf" : "-Inf", out, at);
    }
    if (Double.doubleToRawLongBits(value) < 0) {
      out[at++] = '-';
      value = -value;
    }
    if (value < 1e15) {
      long whole = (long) value;
      if (whole == value) {
        return putDigits(-whole, out, at);
      }
      if (value >= 1e-3 && value < 1e8) {
        int end = putFewDecimals(value, out, at);
        if (end > 0) {
          return end;
        }
      }
    }
    return putShortest(value, out, at);
  }

  /// Values with at most six decimals. Sound because a decimal of at most 15 significant digits
  /// that reads back as the double is, without its trailing zeros, the shortest one. Answers 0 for
  /// others.
  private static int putFewDecimals(double value, byte[] out, int at) {
    for (int k = 2; k < POWERS.length; k += 3) {
      double scaled = Math.rint(value * POWERS[k]);
      if (scaled < 1e15 && scaled / POWERS[k] == value) {
        int decimals = k + 1;
        long digits = (long) scaled;
        while (digits % 10 == 0) {
          digits /= 10;
          decimals--;
        }
        long unit = (long) POWERS[decimals - 1];
        at = putDigits(-(digits / unit), out, at);
        out[at++] = '.';
        long fraction = digits % unit;
        for (int i = at + decimals - 1; i >= at; i--) {
          out[i] = (byte) ('0' + fraction % 10);
          fraction /= 10;
        }
        return at + decimals;
      }
    }
    return 0;
  }

  /// Through `Double.toString`, which gives the shortest digits since JDK 19 but never fewer than
  /// two.
  private static int putShortest(double value, byte[] out, int at) {
    String text = Double.toString(value);
    var digits = new byte[20];
    int count = 0;
    int exponent = 0; // of the first digit: d.ddd * 10^exponent
    int point = -1;
    int end = text.indexOf('E');
    int scale = end < 0 ? 0 : Integer.parseInt(text, end + 1, text.length(), 10);
    end = end < 0 ? text.length() : end;
    int leading = -1; // position of the first non-zero digit, the point not counted
    int position = 0;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '.') {
        point = position;
        continue;
      }
      if (leading < 0 && c != '0') {
        leading = position;
      }
      if (leading >= 0) {
        digits[count++] = (byte) c;
      }
      position++;
    }
    exponent = point - 1 - leading + scale;
    while (count > 1 && digits[count - 1] == '0') {
      count--;
    }
    if (count == 2 && value < 1e-300) {
      int one = oneDigit(value, exponent, digits);
      if (one >= 0) {
        exponent += one / 10;
        digits[0] = (byte) ('0' + (one / 10 == 1 ? 1 : one % 10));
        count = 1;
      }
    }
    return value < 1e-6 || value >= 1e21
        ? putExponential(digits, count, exponent, out, at)
        : putPlain(digits, count, exponent, out, at);
  }

  /// The one digit that is enough for a subnormal written with two, plus 10 if it carried into the
  /// next power of ten; -1 if none is.
  private static int oneDigit(double value, int exponent, byte[] digits) {
    int first = digits[0] - '0';
    int rounded = digits[1] >= '5' ? first + 1 : first;
    for (int candidate : new int[] {rounded, first, first + 1}) {
      if (Double.parseDouble(candidate + "E" + exponent) == value) {
        return candidate == 10 ? 11 : candidate;
      }
    }
    return -1;
  }

  private static int putExponential(byte[] digits, int count, int exponent, byte[] out, int at) {
    out[at++] = digits[0];
    if (count > 1) {
      out[at++] = '.';
      System.arraycopy(digits, 1, out, at, count - 1);
      at += count - 1;
    }
    out[at++] = 'e';
    out[at++] = (byte) (exponent < 0 ? '-' : '+');
    int e = Math.abs(exponent);
    if (e < 10) {
      out[at++] = '0';
    }
    return putDigits(-e, out, at);
  }

  private static int putPlain(byte[] digits, int count, int exponent, byte[] out, int at) {
    if (exponent < 0) {
      out[at++] = '0';
      out[at++] = '.';
      for (int i = -1; i > exponent; i--) {
        out[at++] = '0';
      }
      System.arraycopy(digits, 0, out, at, count);
      return at + count;
    }
    for (int i = 0; i <= exponent; i++) {
      out[at++] = i < count ? digits[i] : (byte) '0';
    }
    if (count > exponent + 1) {
      out[at++] = '.';
      System.arraycopy(digits, exponent + 1, out, at, count - exponent - 1);
      at += count - exponent - 1;
    }
    return at;
  }

  private static int putAscii(String text, byte[] out, int at) {
    for (int i = 0; i < text.length(); i++) {
      out[at++] = (byte) text.charAt(i);
    }
    return at;
  }
}
