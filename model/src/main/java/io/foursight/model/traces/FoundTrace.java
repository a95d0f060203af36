package io.foursight.model.traces;

import java.util.List;
import java.util.Map;

/// One trace of a search's answer.
///
/// @param rootService empty when the root span has not come
/// @param rootName likewise
/// @param startNanos the earliest start of a span
/// @param durationNanos from there to the latest end
/// @param services by service name
public record FoundTrace(
    TraceId id,
    String rootService,
    String rootName,
    long startNanos,
    long durationNanos,
    List<SpanSet> spanSets,
    Map<String, ServiceStats> services) {

  /// Spans that satisfy the query together.
  ///
  /// @param spans some of them, as many as were asked for
  /// @param matched how many there are
  /// @param attributes of the set: `by(...)`, `count()`, ...
  public record SpanSet(List<Span> spans, int matched, List<Attribute> attributes) {
    public SpanSet {
      spans = List.copyOf(spans);
      attributes = List.copyOf(attributes);
    }
  }

  /// @param name empty unless the query reads it
  /// @param attributes what the query's conditions and `select` read
  public record Span(
      long id, String name, long startNanos, long durationNanos, List<Attribute> attributes) {
    public Span {
      attributes = List.copyOf(attributes);
    }
  }

  public record Attribute(String key, SpanValue value) {}

  public record ServiceStats(int spans, int errors) {}

  public FoundTrace {
    spanSets = List.copyOf(spanSets);
    services = Map.copyOf(services);
  }
}
