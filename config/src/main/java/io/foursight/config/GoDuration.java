package io.foursight.config;

import io.foursight.model.FoursightException;
import java.time.Duration;

/// Durations as Go programs write them: `1h30m`, `1.5s`, `250ms`, `0`, and Prometheus's larger
/// units `d`, `w`, `y` (365 d).
public final class GoDuration {
  private GoDuration() {}

  /// @throws FoursightException `BAD_DATA` naming the text
  public static Duration parse(String text) {
    String t = text.trim();
    if (t.equals("0")) {
      return Duration.ZERO;
    }
    double nanos = 0;
    int i = 0;
    if (t.isEmpty()) {
      throw notADuration(text);
    }
    while (i < t.length()) {
      int start = i;
      while (i < t.length() && (isDigit(t.charAt(i)) || t.charAt(i) == '.')) {
        i++;
      }
      int unit = i;
      while (i < t.length() && !isDigit(t.charAt(i)) && t.charAt(i) != '.') {
        i++;
      }
      double factor = nanosOf(t.substring(unit, i));
      if (unit == start || factor == 0) {
        throw notADuration(text);
      }
      try {
        nanos += Double.parseDouble(t.substring(start, unit)) * factor;
      } catch (NumberFormatException e) {
        throw notADuration(text);
      }
    }
    if (nanos > Long.MAX_VALUE) {
      throw FoursightException.badData(
          "duration \"" + text + "\" is longer than the maximum of 292y");
    }
    return Duration.ofNanos(Math.round(nanos));
  }

  /// The shortest form that [#parse] reads back: `1h30m`, `15s`, `1.5s`, `0s`.
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    var out = new StringBuilder();
    long hours = duration.toHours();
    if (hours > 0) {
      out.append(hours).append('h');
    }
    if (duration.toMinutesPart() > 0) {
      out.append(duration.toMinutesPart()).append('m');
    }
    int seconds = duration.toSecondsPart();
    int nanos = duration.toNanosPart();
    if (nanos == 0) {
      return seconds > 0 ? out.append(seconds).append('s').toString() : out.toString();
    }
    if (seconds == 0 && nanos % 1_000_000 == 0) {
      return out.append(nanos / 1_000_000).append("ms").toString();
    }
    String fraction = String.format("%09d", nanos).replaceAll("0+$", "");
    return out.append(seconds).append('.').append(fraction).append('s').toString();
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs", "μs" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      case "h" -> 3600e9;
      case "d" -> 86_400e9;
      case "w" -> 7 * 86_400e9;
      case "y" -> 365 * 86_400e9;
      default -> 0;
    };
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static FoursightException notADuration(String text) {
    return FoursightException.badData(
        "not a duration: \"" + text + "\"; write for example 15s or 1h30m");
  }
}
