package io.foursight.storage.logs.block.v1;

/// A quick look whether the digits of a byte string may stand, one behind the other, in a number.
/// Says yes for some in which they do not: zeros in front of a number count as many as wanted.
/// Immutable.
final class DigitSearch {
  /// Powers of ten up to this fit.
  private static final int MAX_DIGITS = 18;

  private final long wanted;
  private final long power;

  private DigitSearch(long wanted, long power) {
    this.wanted = wanted;
    this.power = power;
  }

  /// Whether a byte string of digits, points and minus signs can be looked for so.
  static boolean isFit(byte[] part) {
    int digits = 0;
    for (byte b : part) {
      digits += Tokenizer.isDigit(b) ? 1 : 0;
    }
    return digits > 0 && digits <= MAX_DIGITS;
  }

  /// For the digits of a byte string that [#isFit].
  static DigitSearch of(byte[] part) {
    long wanted = 0;
    long power = 1;
    for (byte b : part) {
      if (Tokenizer.isDigit(b)) {
        wanted = wanted * 10 + b - '0';
        power *= 10;
      }
    }
    return new DigitSearch(wanted, power);
  }

  boolean mayBeIn(long number) {
    long left = Math.abs(number);
    if (left <= Integer.MAX_VALUE && power <= Integer.MAX_VALUE) {
      return mayBeIn((int) left, (int) wanted, (int) power);
    }
    while (left % power != wanted) {
      if (left == 0) {
        return false;
      }
      left /= 10;
    }
    return true;
  }

  private static boolean mayBeIn(int number, int wanted, int power) {
    int left = number;
    while (left % power != wanted) {
      if (left == 0) {
        return false;
      }
      left /= 10;
    }
    return true;
  }
}
