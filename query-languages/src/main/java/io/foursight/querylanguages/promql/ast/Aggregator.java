package io.foursight.querylanguages.promql.ast;

import java.util.Locale;
import java.util.Optional;

/// The aggregation operators.
public enum Aggregator {
  SUM,
  AVG,
  MIN,
  MAX,
  COUNT,
  GROUP,
  STDDEV,
  STDVAR,
  TOPK,
  BOTTOMK,
  COUNT_VALUES,
  QUANTILE,
  LIMITK,
  LIMIT_RATIO;

  private final String word = name().toLowerCase(Locale.ROOT);

  public String word() {
    return word;
  }

  /// The type of the parameter before the vector, if there is one.
  public Optional<ValueType> parameter() {
    return switch (this) {
      case TOPK, BOTTOMK, QUANTILE, LIMITK, LIMIT_RATIO -> Optional.of(ValueType.SCALAR);
      case COUNT_VALUES -> Optional.of(ValueType.STRING);
      case SUM, AVG, MIN, MAX, COUNT, GROUP, STDDEV, STDVAR -> Optional.empty();
    };
  }

  public boolean isExperimental() {
    return this == LIMITK || this == LIMIT_RATIO;
  }

  /// @param word in lower case
  public static Optional<Aggregator> of(String word) {
    for (var a : values()) {
      if (a.word.equals(word)) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }
}
