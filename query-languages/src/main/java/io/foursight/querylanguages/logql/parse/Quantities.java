package io.foursight.querylanguages.logql.parse;

import io.foursight.querylanguages.text.GoDurations;
import java.util.OptionalLong;

/// Durations as they may stand in a query: Prometheus's form (`1d12h`) or Go's (`1.5h`, `-3µs`).
final class Quantities {
  private Quantities() {}

  static OptionalLong durationNanos(String text) {
    OptionalLong millis = GoDurations.parse(text);
    if (millis.isPresent()) {
      return OptionalLong.of(millis.getAsLong() * 1_000_000);
    }
    return GoDurations.parseGo(text);
  }
}
