package io.foursight.model.metrics;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/// Warnings and infos of a query, each text once, in the order met; texts end with ` (line:col)`
/// where they belong to a place in the query. Immutable.
public record Annotations(List<String> warnings, List<String> infos) {
  public static final Annotations NONE = new Annotations(List.of(), List.of());

  public Annotations {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  public Annotations plus(Annotations other) {
    return new Annotations(union(warnings, other.warnings), union(infos, other.infos));
  }

  private static List<String> union(Collection<String> a, Collection<String> b) {
    var all = new LinkedHashSet<>(a);
    all.addAll(b);
    return List.copyOf(all);
  }
}
