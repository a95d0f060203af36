package io.foursight.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Writes keys as block YAML that the loader reads back.
final class ConfigPrinter {
  static final String MASK = "********";

  private ConfigPrinter() {}

  static String yaml(Collection<Key> keys, Function<Key, Object> values) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (Key key : keys) {
      var segments = new ArrayList<>(List.of(key.path().split("\\.")));
      String last = segments.removeLast();
      Map<String, Object> section = tree;
      for (String segment : segments) {
        section = section(section, segment);
      }
      section.put(last, text(key, values.apply(key)));
    }
    var out = new StringBuilder();
    print(tree, "", out);
    return out.isEmpty() ? "{}\n" : out.toString();
  }

  static String text(Key key, Object value) {
    return key.secret() && !value.equals("") ? "\"" + MASK + "\"" : key.type().write(value);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> section(Map<String, Object> parent, String name) {
    return (Map<String, Object>) parent.computeIfAbsent(name, n -> new LinkedHashMap<>());
  }

  private static void print(Map<?, ?> section, String indent, StringBuilder out) {
    section.forEach((name, value) -> {
      out.append(indent).append(name).append(':');
      if (value instanceof Map<?, ?> nested) {
        out.append('\n');
        print(nested, indent + "  ", out);
      } else {
        out.append(' ').append(value).append('\n');
      }
    });
  }
}
