package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One span, as plain as can be.
///
/// @param parentId 0 where there is none
public record MemorySpan(
    TraceId traceId,
    long spanId,
    long parentId,
    String name,
    int kind,
    int status,
    String statusMessage,
    long startNanos,
    long endNanos,
    Map<String, SpanValue> attributes,
    Map<String, SpanValue> resource,
    String scopeName,
    String scopeVersion,
    Map<String, SpanValue> scope,
    List<Event> events,
    List<Link> links) {

  public record Event(String name, long sinceStartNanos, Map<String, SpanValue> attributes) {}

  public record Link(TraceId traceId, long spanId, Map<String, SpanValue> attributes) {}

  public long durationNanos() {
    return Math.max(0, endNanos - startNanos);
  }

  /// Every value of a field; the elements of an array are not taken apart.
  List<SpanValue> values(SpanField field) {
    return switch (field) {
      case SpanField.Attribute(SpanField.Scope at, String key) ->
          switch (at) {
            case SPAN -> one(attributes.get(key));
            case RESOURCE -> one(resource.get(key));
            case INSTRUMENTATION -> one(scope.get(key));
            case EVENT -> many(events.stream().map(Event::attributes).toList(), key);
            case LINK -> many(links.stream().map(Link::attributes).toList(), key);
          };
      case SpanField.Intrinsic intrinsic ->
          switch (intrinsic) {
            case NAME -> List.of(new SpanValue.Text(name));
            case STATUS_MESSAGE -> text(statusMessage);
            case TRACE_STATE -> List.of();
            case EVENT_NAME ->
                events.stream().map(e -> (SpanValue) new SpanValue.Text(e.name())).toList();
            case EVENT_TIME_SINCE_START ->
                events.stream()
                    .map(e -> (SpanValue) new SpanValue.Duration(e.sinceStartNanos()))
                    .toList();
            case LINK_TRACE_ID ->
                links.stream()
                    .map(l -> (SpanValue) new SpanValue.Text(l.traceId().toString()))
                    .toList();
            case LINK_SPAN_ID ->
                links.stream()
                    .map(l -> (SpanValue) new SpanValue.Text(TraceId.hex(l.spanId())))
                    .toList();
            case INSTRUMENTATION_NAME -> text(scopeName);
            case INSTRUMENTATION_VERSION -> text(scopeVersion);
          };
    };
  }

  private static List<SpanValue> text(String text) {
    return text.isEmpty() ? List.of() : List.of(new SpanValue.Text(text));
  }

  private static List<SpanValue> one(SpanValue value) {
    return value == null ? List.of() : List.of(value);
  }

  private static List<SpanValue> many(List<Map<String, SpanValue>> maps, String key) {
    var out = new ArrayList<SpanValue>();
    for (var map : maps) {
      if (map.get(key) instanceof SpanValue.Many(List<SpanValue> elements)) {
        out.addAll(elements);
      } else if (map.containsKey(key)) {
        out.add(map.get(key));
      }
    }
    return out;
  }

  private List<SpanValue> elements(SpanField field) {
    var out = new ArrayList<SpanValue>();
    for (SpanValue value : values(field)) {
      if (value instanceof SpanValue.Many(List<SpanValue> elements)) {
        out.addAll(elements);
      } else {
        out.add(value);
      }
    }
    return out;
  }

  boolean passes(SpanFilter filter) {
    return switch (filter) {
      case SpanFilter.And(var terms) -> terms.stream().allMatch(this::passes);
      case SpanFilter.Or(var terms) -> terms.stream().anyMatch(this::passes);
      case SpanFilter.Exists(SpanField field) -> !values(field).isEmpty();
      case SpanFilter.TextTest(SpanField field, var matcher) ->
          elements(field).stream()
              .anyMatch(v -> v instanceof SpanValue.Text(String text) && matcher.matches(text));
      case SpanFilter.BoolTest(SpanField field, boolean value) ->
          elements(field).contains(new SpanValue.Bool(value));
      case SpanFilter.NumberRange(SpanField field, double low, double high) ->
          elements(field).stream().anyMatch(v -> inRange(v, low, high));
      case SpanFilter.DurationRange(long low, long high) ->
          durationNanos() >= low && durationNanos() <= high;
      case SpanFilter.KindIn(int kinds) -> (kinds >> kind & 1) == 1;
      case SpanFilter.StatusIn(int statuses) -> (statuses >> status & 1) == 1;
      case SpanFilter.Root() -> parentId == 0;
    };
  }

  private static boolean inRange(SpanValue value, double low, double high) {
    double number =
        switch (value) {
          case SpanValue.Int(long v) -> v;
          case SpanValue.Decimal(double v) -> v;
          case SpanValue.Duration(long v) -> v;
          default -> Double.NaN;
        };
    return number >= low && number <= high;
  }
}
