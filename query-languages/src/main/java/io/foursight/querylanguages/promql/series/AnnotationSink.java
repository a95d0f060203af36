package io.foursight.querylanguages.promql.series;

import io.foursight.model.metrics.Annotations;
import io.foursight.querylanguages.promql.ast.Position;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects the warnings and infos of one query, each text once: of several places the last one is
/// named. Keeps at most [#MAX] of each level. Safe from any thread.
public final class AnnotationSink {
  private static final int MAX = 1000;

  private final String query;
  private final Map<String, Position> warnings = new LinkedHashMap<>();
  private final Map<String, Position> infos = new LinkedHashMap<>();

  public AnnotationSink(String query) {
    this.query = query;
  }

  /// @param text what follows `PromQL warning: `, without the position
  public void warn(String text, Position position) {
    add(warnings, "PromQL warning: " + text, position);
  }

  /// @param text what follows `PromQL info: `, without the position
  public void info(String text, Position position) {
    add(infos, "PromQL info: " + text, position);
  }

  /// The text of the query at a position.
  public String source(Position position) {
    return query.substring(position.start(), Math.min(position.end(), query.length()));
  }

  private synchronized void add(Map<String, Position> into, String text, Position position) {
    // By place, not by time: operands may be read in another order than they are written.
    if (into.size() < MAX || into.containsKey(text)) {
      into.merge(text, position, (a, b) -> b.start() > a.start() ? b : a);
    }
  }

  private List<String> placed(Map<String, Position> notes) {
    return notes.entrySet().stream()
        .map(n -> n.getKey() + " (" + n.getValue().lineColumn(query) + ")")
        .toList();
  }

  public synchronized Annotations annotations() {
    return new Annotations(placed(warnings), placed(infos));
  }
}
