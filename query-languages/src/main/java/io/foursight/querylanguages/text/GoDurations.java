package io.foursight.querylanguages.text;

import java.util.List;
import java.util.OptionalLong;

/// Durations as Prometheus writes them: `1h30m`, units y (365 d) w d h m s ms, each at most once
/// and descending; `0` needs no unit.
public final class GoDurations {
  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {
    365L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000, 1
  };

  /// What 64 bits of nanoseconds hold.
  private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;

  private GoDurations() {}

  /// Milliseconds, or empty when the text is no such duration or too large.
  public static OptionalLong parse(String text) {
    if (text.equals("0")) {
      return OptionalLong.of(0);
    }
    long total = 0;
    int unit = 0;
    int i = 0;
    while (i < text.length()) {
      int digits = i;
      long number = 0;
      while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
        number = number * 10 + (text.charAt(i++) - '0');
        if (number > MAX_MILLIS) {
          return OptionalLong.empty();
        }
      }
      int letters = i;
      while (i < text.length() && (text.charAt(i) < '0' || text.charAt(i) > '9')) {
        i++;
      }
      String name = text.substring(letters, i);
      while (unit < UNITS.length && !UNITS[unit].equals(name)) {
        unit++;
      }
      if (letters == digits || unit == UNITS.length || number > MAX_MILLIS / MILLIS[unit]) {
        return OptionalLong.empty();
      }
      total += number * MILLIS[unit++];
      if (total > MAX_MILLIS) {
        return OptionalLong.empty();
      }
    }
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(total);
  }

  /// What is wrong with a text that [#parse(String)] refuses, in Prometheus's words.
  public static String problem(String text) {
    int i = 0;
    int unit = -1;
    while (i < text.length()) {
      int start = i;
      while (i < text.length() && isDigit(text.charAt(i))) {
        i++;
      }
      int letters = i;
      while (i < text.length() && !isDigit(text.charAt(i))) {
        i++;
      }
      String name = text.substring(letters, i);
      int found = List.of(UNITS).indexOf(name);
      if (found < 0 && !name.isEmpty() && letters > start) {
        return "unknown unit " + GoStrings.quote(name) + " in duration " + GoStrings.quote(text);
      }
      // More digits than 64 bits hold.
      if (found <= unit || letters == start || letters - start > 19) {
        return "not a valid duration string: " + GoStrings.quote(text);
      }
      unit = found;
    }
    return text.isEmpty() ? "empty duration string" : "duration out of range";
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// As Prometheus prints a duration: weeks and years only when exact, `0s` for zero, a leading `-`
  /// for negative ones.
  public static String format(long millis) {
    if (millis == 0) {
      return "0s";
    }
    var out = new StringBuilder();
    long rest = millis;
    if (millis < 0) {
      out.append('-');
      rest = -millis;
    }
    for (int u = 0; u < UNITS.length; u++) {
      boolean exact = u < 3;
      if (exact && rest % MILLIS[u] != 0) {
        continue;
      }
      long n = rest / MILLIS[u];
      if (n > 0) {
        out.append(n).append(UNITS[u]);
        rest -= n * MILLIS[u];
      }
    }
    return out.toString();
  }
}
