package io.foursight.queryfrontend.metrics;

import io.foursight.model.FoursightException;
import io.foursight.runtime.http.HttpCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parameters of Prometheus's API, URL and form merged: times (seconds with fraction, or RFC 3339),
/// durations (seconds, or `1h30m`), limits. Failures are `BAD_DATA` with Prometheus's words.
final class Parameters {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  private static final Pattern DURATION =
      Pattern.compile(
          "(?:([0-9]+)y)?(?:([0-9]+)w)?(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?"
              + "(?:([0-9]+)ms)?");
  private static final long[] UNIT_MILLIS = {
    31_536_000_000L, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1
  };

  /// Seconds whose milliseconds fit a long with room for lookbacks.
  private static final double MAX_SECONDS = 9e15;

  private final HttpCall call;

  Parameters(HttpCall call) {
    this.call = call;
  }

  /// The parameter, or the empty text.
  String text(String name) {
    return call.parameter(name).orElse("");
  }

  OptionalLong time(String name) {
    String text = text(name);
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(time(name, text));
  }

  long requiredTime(String name) {
    return time(name, text(name));
  }

  private static long time(String name, String text) {
    if (NUMBER.matcher(text).matches()) {
      double seconds = Double.parseDouble(text);
      if (Math.abs(seconds) <= MAX_SECONDS) {
        double whole = seconds < 0 ? Math.ceil(seconds) : Math.floor(seconds);
        return (long) whole * 1000 + Math.round((seconds - whole) * 1000);
      }
    } else {
      try {
        return OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
            .toInstant()
            .toEpochMilli();
      } catch (DateTimeParseException | ArithmeticException e) {
        throw invalid(name, "cannot parse " + quoted(text) + " to a valid timestamp");
      }
    }
    throw invalid(name, "cannot parse " + quoted(text) + " to a valid timestamp");
  }

  Optional<Duration> duration(String name) {
    String text = text(name);
    return text.isEmpty() ? Optional.empty() : Optional.of(requiredDuration(name));
  }

  Duration requiredDuration(String name) {
    String text = text(name);
    if (NUMBER.matcher(text).matches()) {
      double nanos = Double.parseDouble(text) * 1e9;
      if (Math.abs(nanos) >= 0x1p63) {
        throw invalid(
            name, "cannot parse " + quoted(text) + " to a valid duration. It overflows int64");
      }
      return Duration.ofNanos((long) nanos);
    }
    Matcher m = DURATION.matcher(text);
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    if (text.isEmpty() || !m.matches()) {
      throw invalid(name, "cannot parse " + quoted(text) + " to a valid duration");
    }
    try {
      long millis = 0;
      for (int unit = 0; unit < UNIT_MILLIS.length; unit++) {
        if (m.group(unit + 1) != null) {
          long count = Long.parseLong(m.group(unit + 1));
          millis = Math.addExact(millis, Math.multiplyExact(count, UNIT_MILLIS[unit]));
        }
      }
      Math.multiplyExact(millis, 1_000_000L);
      return Duration.ofMillis(millis);
    } catch (ArithmeticException | NumberFormatException e) {
      throw invalid(name, "cannot parse " + quoted(text) + " to a valid duration");
    }
  }

  /// A count that is not negative; 0, which is also the default, means all.
  int limit(String name) {
    String text = text(name);
    if (text.isEmpty()) {
      return 0;
    }
    int limit;
    try {
      limit = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw invalid(name, "strconv.Atoi: parsing " + quoted(text) + ": invalid syntax");
    }
    if (limit < 0) {
      throw invalid(name, "limit must be non-negative");
    }
    return limit;
  }

  static FoursightException invalid(String name, String why) {
    return FoursightException.badData("invalid parameter \"" + name + "\": " + why);
  }

  /// As Go's `%q` for what clients send; long texts are cut.
  static String quoted(String text) {
    var out = new StringBuilder("\"");
    int n = Math.min(text.length(), 200);
    for (int i = 0; i < n; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append(n < text.length() ? "...\"" : "\"").toString();
  }

  /// A label name from a URL: `U__` marks escaped names (`__` is `_`, `_hex_` any other character).
  static String labelName(String escaped) {
    if (!escaped.startsWith("U__")) {
      return escaped;
    }
    var out = new StringBuilder();
    int i = 3;
    while (i < escaped.length()) {
      char c = escaped.charAt(i);
      if (c != '_') {
        out.append(c);
        i++;
        continue;
      }
      if (i + 1 < escaped.length() && escaped.charAt(i + 1) == '_') {
        out.append('_');
        i += 2;
        continue;
      }
      int end = escaped.indexOf('_', i + 1);
      if (end < 0 || end - i > 7 || end == i + 1) {
        return escaped;
      }
      try {
        int point = Integer.parseInt(escaped, i + 1, end, 16);
        if (!Character.isValidCodePoint(point) || point >= 0xd800 && point < 0xe000) {
          return escaped;
        }
        out.appendCodePoint(point);
      } catch (NumberFormatException e) {
        return escaped;
      }
      i = end + 1;
    }
    return out.toString();
  }

  static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
