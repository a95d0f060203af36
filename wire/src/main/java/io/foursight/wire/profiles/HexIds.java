package io.foursight.wire.profiles;

/// Ids of spans and traces in labels: hexadecimal digits. What is none reads as 0, no id.
final class HexIds {
  private HexIds() {}

  /// @param text up to 16 digits
  static long span(String text) {
    return text.length() <= 16 ? parse(text) : 0;
  }

  static long traceHigh(String text) {
    return text.length() > 16 && text.length() <= 32 && traceLow(text) != 0
        ? parse(text.substring(0, text.length() - 16))
        : 0;
  }

  static long traceLow(String text) {
    return text.length() > 32 ? 0 : parse(text.substring(Math.max(0, text.length() - 16)));
  }

  private static long parse(String digits) {
    if (digits.isEmpty()) {
      return 0;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), 16);
      if (digit < 0) {
        return 0;
      }
      number = number << 4 | digit;
    }
    return number;
  }
}
