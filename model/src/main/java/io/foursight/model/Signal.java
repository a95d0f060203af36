package io.foursight.model;

import java.util.Locale;

/// The four observability signals, always in this order. The lower-case plural is the name used in
/// paths, metric labels, configuration keys and package names.
public enum Signal {
  METRICS,
  LOGS,
  TRACES,
  PROFILES;

  private final String plural = name().toLowerCase(Locale.ROOT);

  /// `metrics`, `logs`, `traces` or `profiles`.
  public String plural() {
    return plural;
  }
}
