package io.foursight.querylanguages.logql.ast;

import java.util.Locale;
import java.util.Optional;

/// The aggregations over the elements of a vector.
public enum VectorAggregator {
  SUM,
  AVG,
  MIN,
  MAX,
  COUNT,
  STDDEV,
  STDVAR,
  TOPK,
  BOTTOMK,
  SORT,
  SORT_DESC,
  APPROX_TOPK;

  private final String word = name().toLowerCase(Locale.ROOT);

  public String word() {
    return word;
  }

  public boolean takesParameter() {
    return this == TOPK || this == BOTTOMK || this == APPROX_TOPK;
  }

  public boolean takesGrouping() {
    return this != SORT && this != SORT_DESC && this != APPROX_TOPK;
  }

  /// @param word in lower case
  public static Optional<VectorAggregator> of(String word) {
    for (var a : values()) {
      if (a.word.equals(word)) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }
}
