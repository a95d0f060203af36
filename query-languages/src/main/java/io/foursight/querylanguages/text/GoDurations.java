package io.foursight.querylanguages.text;

import java.math.BigDecimal;
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

  /// Nanoseconds of a duration as Go's `time.ParseDuration` reads it: `1.5h`, `-3µs`, `1h0.0m0s`,
  /// `0`; empty when it refuses.
  public static OptionalLong parseGo(String text) {
    int i = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    boolean negative = i == 1 && text.charAt(0) == '-';
    if (text.length() == i) {
      return OptionalLong.empty();
    }
    if (text.substring(i).equals("0")) {
      return OptionalLong.of(0);
    }
    double total = 0;
    long whole = 0;
    while (i < text.length()) {
      int start = i;
      while (i < text.length() && (isDigit(text.charAt(i)) || text.charAt(i) == '.')) {
        i++;
      }
      String number = text.substring(start, i);
      int letters = i;
      while (i < text.length() && !isDigit(text.charAt(i)) && text.charAt(i) != '.') {
        i++;
      }
      long unit = goUnit(text.substring(letters, i));
      int point = number.indexOf('.');
      if (unit == 0 || number.length() <= (point < 0 ? 0 : 1) || point != number.lastIndexOf('.')) {
        return OptionalLong.empty();
      }
      String integer = point < 0 ? number : number.substring(0, point);
      if (integer.length() > 18) {
        return OptionalLong.empty();
      }
      long n = integer.isEmpty() ? 0 : Long.parseLong(integer);
      total += (double) n * unit;
      if (total > 9.2e18) {
        return OptionalLong.empty();
      }
      whole += n * unit;
      if (point >= 0 && point + 1 < number.length()) {
        whole += (long) (Double.parseDouble("0" + number.substring(point)) * unit);
      }
    }
    return OptionalLong.of(negative ? -whole : whole);
  }

  /// What is wrong with a text that [#parseGo(String)] refuses, in Go's words.
  public static String problemGo(String text) {
    int i = 0;
    while (i < text.length()
        && (isDigit(text.charAt(i)) || text.charAt(i) == '.' || text.charAt(i) == '-')) {
      i++;
    }
    if (i == 0) {
      return "time: invalid duration " + GoStrings.quote(text);
    }
    int letters = i;
    while (i < text.length() && !isDigit(text.charAt(i)) && text.charAt(i) != '.') {
      i++;
    }
    String unit = text.substring(letters, i);
    if (unit.isEmpty()) {
      return "time: missing unit in duration " + GoStrings.quote(text);
    }
    if (goUnit(unit) == 0) {
      return "time: unknown unit "
          + GoStrings.quote(unit)
          + " in duration "
          + GoStrings.quote(text);
    }
    return "time: invalid duration " + GoStrings.quote(text);
  }

  /// Nanoseconds of a unit of Go's, 0 when there is no such unit.
  private static long goUnit(String name) {
    return switch (name) {
      case "ns" -> 1;
      case "us", "µs", "μs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 0;
    };
  }

  /// As Go's `Duration.String` writes it: `1h0m0s`, `1.5s`, `250ms`, `0s`.
  public static String formatGo(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    String sign = nanos < 0 ? "-" : "";
    var abs = BigDecimal.valueOf(nanos).abs();
    if (abs.longValue() < 1_000_000_000L && nanos != Long.MIN_VALUE) {
      int digits = abs.longValue() < 1_000 ? 0 : abs.longValue() < 1_000_000 ? 3 : 6;
      String unit = digits == 0 ? "ns" : digits == 3 ? "µs" : "ms";
      return sign + plain(abs.movePointLeft(digits)) + unit;
    }
    var seconds = abs.movePointLeft(9);
    long minutes = seconds.longValue() / 60;
    String rest = plain(seconds.subtract(BigDecimal.valueOf(minutes * 60))) + "s";
    if (minutes == 0) {
      return sign + rest;
    }
    String hours = minutes >= 60 ? minutes / 60 + "h" : "";
    return sign + hours + minutes % 60 + "m" + rest;
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
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

  /// As Go counts them: whole seconds and the rest apart.
  public static double seconds(long nanos) {
    return nanos / 1_000_000_000 + nanos % 1_000_000_000 / 1e9;
  }
}
