package io.foursight.querylanguages.promql.functions;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The functions that take no range vector and yield a vector, by name; all but those that the
/// evaluation does itself because they look at the shape of the query (`absent`, `vector`,
/// `timestamp`, `start_timestamp`, `info`).
public final class VectorFunctions {
  private static final Map<String, VectorFunction> ALL = build();

  private VectorFunctions() {}

  public static Optional<VectorFunction> find(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  private static Map<String, VectorFunction> build() {
    var all = new HashMap<String, VectorFunction>();
    all.putAll(MathFunctions.all());
    all.putAll(TimeFunctions.all());
    all.putAll(LabelFunctions.all());
    all.putAll(SortFunctions.all());
    all.putAll(HistogramFunctions.all());
    return Map.copyOf(all);
  }
}
