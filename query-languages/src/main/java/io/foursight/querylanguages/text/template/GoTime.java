package io.foursight.querylanguages.text.template;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

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

  @Override
  public String toString() {
    return GoTimeLayout.format("2006-01-02 15:04:05.999999999 -0700 MST", time);
  }
}
