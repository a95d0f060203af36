package io.foursight.queryfrontend.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsQueryResult.Entry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Fields found in some entries: structured metadata, labels that the query's own parsers made, and
/// what the lines hold as JSON or logfmt. A field's type is that of its values when they agree,
/// `float` when they are numbers of both kinds, else `string`.
final class DetectedFields {
  static final class Field {
    private final Set<String> values = new HashSet<>();
    private final Set<String> parsers = new TreeSet<>();
    private List<String> path = List.of();
    private FieldType type;

    /// `string`, `int`, `float`, `boolean`, `duration` or `bytes`.
    String type() {
      return type.documented();
    }

    /// Distinct values seen.
    Set<String> values() {
      return values;
    }

    /// What a query has to say to get the field: `json`, `logfmt`; none for structured metadata.
    Set<String> parsers() {
      return parsers;
    }

    /// Where a JSON field is, outermost key first; empty for others.
    List<String> path() {
      return path;
    }

    private void add(String value) {
      if (values.add(value)) {
        FieldType own = FieldType.of(value);
        type = type == null ? own : type.with(own);
      }
    }
  }

  private final Map<String, Field> fields = new TreeMap<>(Labels::compareText);

  /// By name, ascending.
  Map<String, Field> fields() {
    return fields;
  }

  /// Structured metadata, and labels made by the query's own parsers.
  ///
  /// @param parsers of the query, which stand for all labels that it made
  void add(Entry entry, List<String> parsers) {
    entry.metadata().forEach((name, value) -> field(name).add(value));
    entry
        .parsed()
        .forEach((name, value) -> {
          if (!name.startsWith("__")) {
            Field field = field(name);
            field.add(value);
            field.parsers.addAll(parsers);
          }
        });
  }

  /// @param stream labels of the entry's stream, which keep their names
  void addJson(List<JsonFields.Field> found, Labels stream) {
    for (JsonFields.Field json : found) {
      Field field = field(stream.has(json.name()) ? json.name() + "_extracted" : json.name());
      field.add(json.value());
      field.parsers.add("json");
      field.path = field.path.isEmpty() ? json.path() : field.path;
    }
  }

  /// Labels that a logfmt parser made of an entry.
  void addLogfmt(Labels parsed) {
    parsed.forEach((name, value) -> {
      if (!name.startsWith("__")) {
        Field field = field(name);
        field.add(value);
        field.parsers.add("logfmt");
      }
    });
  }

  private Field field(String name) {
    return fields.computeIfAbsent(name, n -> new Field());
  }
}
