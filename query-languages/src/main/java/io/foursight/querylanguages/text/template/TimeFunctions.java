package io.foursight.querylanguages.text.template;

import java.time.DateTimeException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;

/// Functions on times. The local zone is UTC.
final class TimeFunctions {
  /// Nanoseconds of one unit by the number of digits of a count of them since 1970.
  private static final Map<Integer, Long> UNITS =
      Map.of(
          5, 86_400_000_000_000L,
          10, 1_000_000_000L,
          13, 1_000_000L,
          16, 1_000L,
          19, 1L);

  private TimeFunctions() {}

  static void addTo(Functions f, InstantSource clock) {
    f.add("now", 0, a -> new GoTime(clock.instant().atZone(ZoneOffset.UTC)));
    f.add("date", 2, a -> GoTimeLayout.format(a.text(0), time(a, 1).in(ZoneOffset.UTC).time()));
    f.add("toDate", 2, a -> parse(a.text(0), a.text(1), ZoneOffset.UTC));
    f.add("toDateInZone", 3, a -> parse(a.text(0), a.text(2), zone(a.text(1))));
    f.add("unixEpoch", 1, a -> Long.toString(strict(a).seconds()));
    f.add("unixEpochMillis", 1, a -> Long.toString(Math.floorDiv(strict(a).nanos(), 1_000_000)));
    f.add("unixEpochNanos", 1, a -> Long.toString(strict(a).nanos()));
    f.add("unixToTime", 1, TimeFunctions::unixToTime);
  }

  private static GoTime strict(Args a) {
    if (a.get(0) instanceof GoTime t) {
      return t;
    }
    throw a.wrongType(0, "time.Time");
  }

  /// A time, or seconds since 1970.
  private static GoTime time(Args a, int i) {
    return switch (a.get(i)) {
      case GoTime t -> t;
      case Long seconds -> GoTime.ofNanos(Math.multiplyExact(seconds, 1_000_000_000L));
      default -> throw a.wrongType(i, "time.Time");
    };
  }

  private static GoTime parse(String layout, String text, ZoneId zone) {
    return GoTimeLayout.parse(layout, text, zone).map(GoTime::new).orElse(GoTime.ZERO);
  }

  private static ZoneId zone(String name) {
    try {
      return name.isEmpty() || name.equals("UTC") || name.equals("Local")
          ? ZoneOffset.UTC
          : ZoneId.of(name);
    } catch (DateTimeException e) {
      return ZoneOffset.UTC;
    }
  }

  private static Object unixToTime(Args a) {
    String text = a.text(0);
    Long unit = UNITS.get(text.length());
    if (unit == null || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw a.failed("unable to parse time '" + text + "'");
    }
    return GoTime.ofNanos(Long.parseLong(text) * unit);
  }
}
