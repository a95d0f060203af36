package io.foursight.queryfrontend.logs;

import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import io.foursight.model.logs.Direction;
import io.foursight.querylanguages.logql.parse.DottedNames;
import io.foursight.runtime.http.HttpCall;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/// Parameters of Loki's API, URL and form merged. Times: seconds with a fraction, whole seconds (up
/// to ten digits), nanoseconds (more digits), or RFC 3339. Durations: seconds, or `1h30m`. Failures
/// are `BAD_DATA` naming the parameter and its value.
final class LogsParameters {
  private static final int MAX_DIGITS_OF_SECONDS = 10;
  private static final double NANOS = 1e9;
  private static final Duration DEFAULT_SINCE = Duration.ofHours(1);

  private final HttpCall call;
  private final long nowNanos;

  LogsParameters(HttpCall call, Instant now) {
    this.call = call;
    this.nowNanos = now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }

  /// The parameter, or the empty text.
  String text(String name) {
    return call.parameter(name).orElse("");
  }

  /// `query`, with OpenTelemetry's names as LogQL spells them.
  String query() {
    return DottedNames.answered(text("query"));
  }

  /// A range; `start` after `end` is refused. So far from the ends of 64 bits (the years 1843 and
  /// 2128) that lengths and steps of it do not overflow.
  record Range(long startNanos, long endNanos) {
    private static final long FIRST = -4_000_000_000_000_000_000L;
    private static final long LAST = 5_000_000_000_000_000_000L;

    static Range clamped(long startNanos, long endNanos) {
      return new Range(Math.clamp(startNanos, FIRST, LAST), Math.clamp(endNanos, FIRST, LAST));
    }
  }

  /// `start`, `end` and `since` (one hour): `end` is now unless given, `start` that much before.
  Range range() {
    long end = time("end").orElse(nowNanos);
    Duration since = duration("since").orElse(DEFAULT_SINCE);
    long start = time("start").orElseGet(() -> Math.min(end, nowNanos) - since.toNanos());
    if (end < start) {
      throw FoursightException.badData(
          "end timestamp must not be before or equal to start time: start = "
              + start
              + ", end = "
              + end);
    }
    return Range.clamped(start, end);
  }

  long timeOrNow(String name) {
    return time(name).orElse(nowNanos);
  }

  Optional<Long> time(String name) {
    String text = text(name);
    return text.isEmpty() ? Optional.empty() : Optional.of(time(name, text));
  }

  private static long time(String name, String text) {
    try {
      if (text.indexOf('.') >= 0 && text.indexOf(':') < 0) {
        double seconds = Double.parseDouble(text);
        double whole = Math.floor(seconds);
        double fraction = Math.rint((seconds - whole) * 1000) / 1000;
        if (Math.abs(seconds) < Long.MAX_VALUE / NANOS) {
          return (long) whole * 1_000_000_000 + (long) (fraction * NANOS);
        }
      } else if (text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-')) {
        long number = Long.parseLong(text);
        return text.length() <= MAX_DIGITS_OF_SECONDS
            ? Math.multiplyExact(number, 1_000_000_000)
            : number;
      } else {
        Instant at = OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
        return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000), at.getNano());
      }
    } catch (NumberFormatException | ArithmeticException | DateTimeParseException e) {
      // Said below.
    }
    throw invalid(
        name, text, "a time (seconds, nanoseconds or RFC 3339) between the years 1677 and 2262");
  }

  Optional<Duration> duration(String name) {
    String text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      double seconds = Double.parseDouble(text);
      if (Math.abs(seconds) * NANOS < Long.MAX_VALUE) {
        return Optional.of(Duration.ofNanos((long) (seconds * NANOS)));
      }
      throw invalid(name, text, "a duration of less than 292 years");
    } catch (NumberFormatException e) {
      try {
        return Optional.of(GoDuration.parse(text));
      } catch (FoursightException notGo) {
        throw invalid(name, text, "a duration (seconds, or 1h30m)");
      }
    }
  }

  /// `step`, at least one second and a 250th of the range unless given.
  long stepNanos(Range range) {
    Optional<Duration> asked = duration("step");
    long defaultSeconds =
        Math.max(1, (range.endNanos() - range.startNanos()) / 1_000_000_000 / 250);
    long nanos = asked.map(Duration::toNanos).orElse(defaultSeconds * 1_000_000_000);
    if (nanos <= 0) {
      throw FoursightException.badData(
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    return nanos;
  }

  /// A count of at least 1.
  int limit(String name, int otherwise) {
    String text = text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit > 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      try {
        if (Double.parseDouble(text) > Integer.MAX_VALUE) {
          return Integer.MAX_VALUE;
        }
      } catch (NumberFormatException notANumber) {
        throw invalid(name, text, "a positive whole number");
      }
    }
    throw FoursightException.badData("limit must be a positive value: " + name + " = " + text);
  }

  Direction direction() {
    return switch (text("direction").toLowerCase(Locale.ROOT)) {
      case "", "backward" -> Direction.BACKWARD;
      case "forward" -> Direction.FORWARD;
      default -> throw invalid("direction", text("direction"), "forward or backward");
    };
  }

  static FoursightException invalid(String name, String value, String expected) {
    String shown = value.length() > 200 ? value.substring(0, 200) + "..." : value;
    return FoursightException.badData(
        "invalid parameter \"" + name + "\": \"" + shown + "\" is not " + expected);
  }
}
