package io.foursight.queryfrontend.traces;

import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.HttpCall;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;

/// Parameters of Tempo's API. Failures are `BAD_DATA` naming the parameter and its value.
final class TracesParameters {
  private static final int MAX_DIGITS_OF_SECONDS = 10;
  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

  private final HttpCall call;

  TracesParameters(HttpCall call) {
    this.call = call;
  }

  /// The parameter, or the empty text.
  String text(String name) {
    return call.parameter(name).orElse("");
  }

  /// Whole seconds since the epoch.
  OptionalLong seconds(String name) {
    String text = text(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long seconds = Long.parseLong(text);
      if (seconds >= 0 && seconds <= 0xffffffffL) {
        return OptionalLong.of(seconds);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid(name, text, "a time in seconds since 1970");
  }

  /// A whole number from `least` on.
  Optional<Integer> number(String name, int least) {
    String text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least) {
        return Optional.of(number);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid(name, text, least > 0 ? "a positive number" : "a number from " + least + " on");
  }

  /// Whether a switch is on; false when it is not there.
  boolean flag(String name) {
    return switch (text(name)) {
      case "" -> false;
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw invalid(name, text(name), "true or false");
    };
  }

  /// Seconds, also with a fraction, nanoseconds (more than ten digits) or RFC 3339.
  Optional<Long> timeNanos(String name) {
    String text = text(name);
    return text.isEmpty() ? Optional.empty() : Optional.of(timeNanos(name, text));
  }

  private static long timeNanos(String name, String text) {
    try {
      if (text.indexOf(':') >= 0) {
        Instant at = OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
        return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000), at.getNano());
      }
      if (text.length() < 40) {
        var number = new BigDecimal(text);
        if (number.signum() >= 0 && number.precision() - number.scale() <= 20) {
          return text.indexOf('.') < 0 && text.length() > MAX_DIGITS_OF_SECONDS
              ? number.longValueExact()
              : number.multiply(NANOS).toBigInteger().longValueExact();
        }
      }
    } catch (NumberFormatException | ArithmeticException | DateTimeParseException e) {
      // Said below.
    }
    throw invalid(name, text, "a time (seconds, nanoseconds or RFC 3339)");
  }

  /// `1h30m`, or seconds.
  Optional<Duration> duration(String name) {
    String text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      double seconds = Double.parseDouble(text);
      if (Math.abs(seconds) < 9e9) {
        return Optional.of(Duration.ofNanos((long) (seconds * 1e9)));
      }
    } catch (NumberFormatException e) {
      try {
        return Optional.of(GoDuration.parse(text));
      } catch (FoursightException notGo) {
        // Said below.
      }
    }
    throw invalid(name, text, "a duration such as 1h30m");
  }

  static FoursightException invalid(String name, String value, String expected) {
    String shown = value.length() > 200 ? value.substring(0, 200) + "..." : value;
    return FoursightException.badData("invalid " + name + ": \"" + shown + "\" is not " + expected);
  }
}
