package io.foursight.storage.logs;

import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// How long some streams of logs are kept: an item of the limit `retention_stream`, written as
/// Loki's.
public record StreamRetention(
    @Setting("Stream selector.") String selector,
    @Setting("Of several selectors that match, the one with the greatest priority counts.")
        int priority,
    @Setting("Age at which entries of matching streams are deleted; 0 = kept for ever.")
        Duration period) {

  public StreamRetention {
    if (period.isNegative()) {
      throw FoursightException.badData(
          "period " + period + " of retention_stream " + selector + " is negative");
    }
  }

  public static StreamRetention defaults() {
    return new StreamRetention("", 0, Duration.ZERO);
  }

  /// What counts first comes first; equal priorities as they are written.
  public static List<StreamRetention> byPrecedence(List<StreamRetention> rules) {
    return rules.stream()
        .sorted(Comparator.comparingInt(StreamRetention::priority).reversed())
        .toList();
  }

  /// The longest of the ages, at which whole blocks go; zero when anything is kept for ever.
  public static Duration longest(Duration ofOthers, List<StreamRetention> rules) {
    Duration longest = ofOthers;
    for (StreamRetention rule : rules) {
      if (longest.isZero() || rule.period().isZero()) {
        return Duration.ZERO;
      }
      longest = longest.compareTo(rule.period()) < 0 ? rule.period() : longest;
    }
    return longest;
  }
}
