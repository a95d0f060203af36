package io.foursight.querylanguages.promql.series;

import io.foursight.model.metrics.Annotations;
import io.foursight.querylanguages.promql.ast.Position;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Collects the warnings and infos of one query, each text once. Keeps at most [#MAX] of each
/// level. Owned by one thread.
public final class AnnotationSink {
  private static final int MAX = 1000;

  private final String query;
  private final Set<String> warnings = new LinkedHashSet<>();
  private final Set<String> infos = new LinkedHashSet<>();

  public AnnotationSink(String query) {
    this.query = query;
  }

  /// @param text what follows `PromQL warning: `, without the position
  public void warn(String text, Position position) {
    add(warnings, "PromQL warning: ", text, position);
  }

  /// @param text what follows `PromQL info: `, without the position
  public void info(String text, Position position) {
    add(infos, "PromQL info: ", text, position);
  }

  /// The text of the query at a position.
  public String source(Position position) {
    return query.substring(position.start(), Math.min(position.end(), query.length()));
  }

  private void add(Set<String> into, String level, String text, Position position) {
    if (into.size() < MAX) {
      into.add(level + text + " (" + position.lineColumn(query) + ")");
    }
  }

  public Annotations annotations() {
    return new Annotations(List.copyOf(warnings), List.copyOf(infos));
  }
}
