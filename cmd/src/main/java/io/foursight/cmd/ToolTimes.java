package io.foursight.cmd;

import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

/// Times on the command line: seconds since the epoch (`1700000000.5`), RFC 3339
/// (`2026-01-02T03:04:05Z`), `now`, or an age (`-1h30m`, `now-7d`).
final class ToolTimes {
  private ToolTimes() {}

  /// @param name of the flag, for messages
  /// @return milliseconds since the epoch
  static long millis(String name, String text, long nowMillis) {
    String age = text.startsWith("now") ? text.substring(3) : text;
    try {
      if (age.isEmpty() && text.equals("now")) {
        return nowMillis;
      }
      if (age.matches("[-+][0-9.]+[a-z].*")) {
        long millis = GoDuration.parse(age.substring(1)).toMillis();
        return age.startsWith("-") ? nowMillis - millis : nowMillis + millis;
      }
      if (text.matches("[-+]?[0-9]+(\\.[0-9]*)?")) {
        return new BigDecimal(text).movePointRight(3).longValue();
      }
      return OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException | FoursightException e) {
      throw FoursightException.badData(
          "-"
              + name
              + "=\""
              + text
              + "\" is no time: give seconds since the epoch, 2026-01-02T03:04:05Z, now, or an age"
              + " such as -1h");
    }
  }
}
