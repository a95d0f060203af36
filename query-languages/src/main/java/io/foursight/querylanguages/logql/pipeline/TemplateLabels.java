package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.text.template.TemplateData;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// What a template sees of an entry: its labels by name, its line and its time.
final class TemplateLabels implements TemplateData {
  private final Row row;
  private final Map<String, String> copy;

  TemplateLabels(Row row) {
    this(row, Map.of());
  }

  private TemplateLabels(Row row, Map<String, String> copy) {
    this.row = row;
    this.copy = copy;
  }

  /// The labels as they are now.
  static TemplateLabels copy(Row row) {
    var map = new LinkedHashMap<String, String>();
    collect(row.labels, map);
    return new TemplateLabels(row, map);
  }

  private static void collect(EntryLabels labels, Map<String, String> map) {
    for (int i = 0; i < labels.size(); i++) {
      map.put(labels.name(i), labels.value(i));
    }
    if (labels.hasError()) {
      map.put(EntryLabels.ERROR, labels.error());
    }
    if (!labels.errorDetails().isEmpty()) {
      map.put(EntryLabels.ERROR_DETAILS, labels.errorDetails());
    }
  }

  @Override
  public String field(String name) {
    if (!copy.isEmpty()) {
      return copy.getOrDefault(name, "");
    }
    return switch (name) {
      case EntryLabels.ERROR -> row.labels.error();
      case EntryLabels.ERROR_DETAILS -> row.labels.errorDetails();
      default -> row.labels.get(name);
    };
  }

  @Override
  public Map<String, String> fields() {
    var map = new TreeMap<>(copy);
    if (map.isEmpty()) {
      collect(row.labels, map);
    }
    return map;
  }

  @Override
  public String line() {
    return new String(row.line, row.offset, row.length, StandardCharsets.UTF_8);
  }

  @Override
  public long timestampNanos() {
    return row.timestampNanos;
  }
}
