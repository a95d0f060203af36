package io.foursight.querylanguages.text.template;

import java.util.Map;

/// What a template is executed on: `.` is a map of texts; missing ones are empty.
public interface TemplateData {
  String field(String name);

  /// All fields, in ascending order of names.
  Map<String, String> fields();

  /// `__line__`
  String line();

  /// `__timestamp__`
  long timestampNanos();
}
