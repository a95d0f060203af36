package io.foursight.querylanguages.text.template;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

/// A time with its zone.
record GoTime(ZonedDateTime time) {
  /// Year 1, what functions give for a text that is no time.
  static final GoTime ZERO = new GoTime(ZonedDateTime.of(1, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC));

  static GoTime ofNanos(long nanos) {
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    return new GoTime(instant.atZone(ZoneOffset.UTC));
  }

  GoTime in(ZoneId zone) {
    return new GoTime(time.withZoneSameInstant(zone));
  }

  long seconds() {
    return time.toEpochSecond();
  }

  long nanos() {
    return time.toEpochSecond() * 1_000_000_000L + time.getNano();
  }

  /// What a method of Go's `time.Time` gives; empty for those that templates cannot call here.
  Optional<Object> method(String name, List<Object> args) {
    if (name.equals("Format") && args.size() == 1 && args.getFirst() instanceof String layout) {
      return Optional.of(GoTimeLayout.format(layout, time));
    }
    if (!args.isEmpty()) {
      return Optional.empty();
    }
    return switch (name) {
      case "Unix" -> Optional.of(seconds());
      case "UnixMilli" -> Optional.of(Math.floorDiv(nanos(), 1_000_000L));
      case "UnixMicro" -> Optional.of(Math.floorDiv(nanos(), 1_000L));
      case "UnixNano" -> Optional.of(nanos());
      case "UTC", "Local" -> Optional.of(in(ZoneOffset.UTC));
      case "Year" -> Optional.of((long) time.getYear());
      case "Month" -> Optional.of(GoTimeLayout.format("January", time));
      case "Day" -> Optional.of((long) time.getDayOfMonth());
      case "YearDay" -> Optional.of((long) time.getDayOfYear());
      case "Weekday" -> Optional.of(GoTimeLayout.format("Monday", time));
      case "Hour" -> Optional.of((long) time.getHour());
      case "Minute" -> Optional.of((long) time.getMinute());
      case "Second" -> Optional.of((long) time.getSecond());
      case "Nanosecond" -> Optional.of((long) time.getNano());
      case "IsZero" -> Optional.of(equals(ZERO));
      case "String" -> Optional.of(toString());
      default -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return GoTimeLayout.format("2006-01-02 15:04:05.999999999 -0700 MST", time);
  }
}
