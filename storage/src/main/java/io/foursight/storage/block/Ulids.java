package io.foursight.storage.block;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// Makes block ids: ULIDs (48 bits of milliseconds, 80 random bits, 26 characters of Crockford's
/// base 32), each greater than the one before it from the same generator. Safe from any thread. See
/// https://github.com/ulid/spec.
public final class Ulids {
  public static final int LENGTH = 26;
  private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final long LOW_MASK = (1L << 40) - 1;

  private final InstantSource clock;
  private final RandomGenerator random;
  private long lastMillis = -1;

  /// The 80 random bits as two halves of 40.
  private long high;

  private long low;

  public Ulids(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  public synchronized String next() {
    long now = clock.millis();
    if (now > lastMillis) {
      lastMillis = now;
      // The top bit stays clear: room to count up from.
      high = random.nextLong() & (LOW_MASK >>> 1);
      low = random.nextLong() & LOW_MASK;
    } else {
      low = (low + 1) & LOW_MASK;
      if (low == 0) {
        high++;
      }
    }
    var text = new StringBuilder(LENGTH);
    append(text, lastMillis, 10);
    append(text, high, 8);
    append(text, low, 8);
    return text.toString();
  }

  private static void append(StringBuilder text, long bits, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
      text.append(DIGITS.charAt((int) (bits >>> (5 * i)) & 31));
    }
  }

  public static boolean isUlid(String text) {
    if (text.length() != LENGTH || text.charAt(0) > '7') {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      if (DIGITS.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /// The time in a ULID.
  public static long millis(String ulid) {
    long millis = 0;
    for (int i = 0; i < 10; i++) {
      millis = millis << 5 | DIGITS.indexOf(ulid.charAt(i));
    }
    return millis;
  }
}
