package io.foursight.queryfrontend.profiles;

import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/// Times of Pyroscope's older API: `now`, `now-1h`, `20260131`, or seconds, milliseconds,
/// microseconds or nanoseconds since 1970, told apart by their number of digits.
final class RenderTimes {
  private RenderTimes() {}

  /// @return milliseconds since 1970
  /// @throws FoursightException `BAD_DATA`
  static long millis(String name, String text, long nowMillis) {
    String time = text.strip();
    if (time.startsWith("now")) {
      return nowMillis + offset(name, time.substring(3));
    }
    if (!time.isEmpty()
        && time.length() <= 19
        && time.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return digits(name, time);
    }
    throw invalid(name, text);
  }

  private static long offset(String name, String offset) {
    if (offset.isEmpty()) {
      return 0;
    }
    char sign = offset.charAt(0);
    if (sign != '-' && sign != '+') {
      throw invalid(name, "now" + offset);
    }
    long millis = span(name, offset.substring(1));
    return sign == '-' ? -millis : millis;
  }

  /// Durations of Go, and the longer units that people write: `7d`, `1w`, `1M`, `1y`, `30min`.
  private static long span(String name, String text) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    if (digits > 0 && digits < 10) {
      long number = Long.parseLong(text, 0, digits, 10);
      long unit =
          switch (text.substring(digits)) {
            case "s", "sec" -> 1_000L;
            case "m", "min" -> 60_000L;
            case "h" -> 3_600_000L;
            case "d" -> 86_400_000L;
            case "w" -> 7 * 86_400_000L;
            case "M", "mon" -> 30 * 86_400_000L;
            case "y" -> 365 * 86_400_000L;
            default -> 0;
          };
      if (unit > 0) {
        return number * unit;
      }
    }
    try {
      return GoDuration.parse(text).toMillis();
    } catch (FoursightException e) {
      throw invalid(name, "now-" + text);
    }
  }

  private static long digits(String name, String time) {
    long number = Long.parseLong(time);
    return switch (time.length()) {
      case 8 -> day(name, time);
      case 13 -> number;
      case 16 -> number / 1_000;
      case 19 -> number / 1_000_000;
      default -> {
        if (time.length() > 12) {
          throw invalid(name, time);
        }
        yield number * 1_000;
      }
    };
  }

  private static long day(String name, String time) {
    try {
      return LocalDate.parse(time, DateTimeFormatter.BASIC_ISO_DATE)
          .atStartOfDay(ZoneOffset.UTC)
          .toInstant()
          .toEpochMilli();
    } catch (DateTimeParseException e) {
      throw invalid(name, time);
    }
  }

  private static FoursightException invalid(String name, String text) {
    String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
    return FoursightException.badData(
        "invalid " + name + ": \"" + shown + "\" is not a time such as now-1h or 1700000000");
  }
}
