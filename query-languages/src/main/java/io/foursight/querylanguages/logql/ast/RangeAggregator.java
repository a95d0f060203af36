package io.foursight.querylanguages.logql.ast;

import java.util.Locale;
import java.util.Optional;

/// The aggregations over the entries of a range.
public enum RangeAggregator {
  COUNT_OVER_TIME(Use.ENTRIES),
  RATE(Use.BOTH),
  RATE_COUNTER(Use.VALUES),
  BYTES_OVER_TIME(Use.ENTRIES),
  BYTES_RATE(Use.ENTRIES),
  AVG_OVER_TIME(Use.VALUES),
  SUM_OVER_TIME(Use.VALUES),
  MIN_OVER_TIME(Use.VALUES),
  MAX_OVER_TIME(Use.VALUES),
  STDVAR_OVER_TIME(Use.VALUES),
  STDDEV_OVER_TIME(Use.VALUES),
  QUANTILE_OVER_TIME(Use.VALUES),
  FIRST_OVER_TIME(Use.VALUES),
  LAST_OVER_TIME(Use.VALUES),
  ABSENT_OVER_TIME(Use.BOTH);

  private enum Use {
    ENTRIES,
    VALUES,
    BOTH
  }

  private final Use use;
  private final String word = name().toLowerCase(Locale.ROOT);

  RangeAggregator(Use use) {
    this.use = use;
  }

  public String word() {
    return word;
  }

  /// Whether it is defined for values (with `unwrap`).
  public boolean takesUnwrap() {
    return use != Use.ENTRIES;
  }

  /// Whether it is defined for the entries themselves (without `unwrap`).
  public boolean takesEntries() {
    return use != Use.VALUES;
  }

  public boolean takesParameter() {
    return this == QUANTILE_OVER_TIME;
  }

  public boolean takesGrouping() {
    return switch (this) {
      case AVG_OVER_TIME,
          STDDEV_OVER_TIME,
          STDVAR_OVER_TIME,
          QUANTILE_OVER_TIME,
          MAX_OVER_TIME,
          MIN_OVER_TIME,
          FIRST_OVER_TIME,
          LAST_OVER_TIME ->
          true;
      case COUNT_OVER_TIME,
          RATE,
          RATE_COUNTER,
          BYTES_OVER_TIME,
          BYTES_RATE,
          SUM_OVER_TIME,
          ABSENT_OVER_TIME ->
          false;
    };
  }

  /// @param word in lower case
  public static Optional<RangeAggregator> of(String word) {
    for (var a : values()) {
      if (a.word.equals(word)) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }
}
