package io.foursight.querylanguages.text.template;

import io.foursight.querylanguages.text.GoFloats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The values of templates: String, Long, Double, Boolean, List, Map, [GoTime], the data itself,
/// and nil. How they print, what counts as true, and what they convert to.
final class Values {
  private Values() {}

  /// As `%v`.
  static String print(Object value) {
    return switch (value) {
      case Node.Nil _ -> "<no value>";
      case Double d -> GoFloats.general(d);
      case List<?> l -> l.stream().map(Values::print).collect(Collectors.joining(" ", "[", "]"));
      case Map<?, ?> m -> printMap(m);
      case TemplateData d -> printMap(d.fields());
      default -> value.toString();
    };
  }

  private static String printMap(Map<?, ?> map) {
    var sorted = new TreeMap<String, Object>();
    map.forEach((k, v) -> sorted.put(print(k), v));
    return sorted.entrySet().stream()
        .map(e -> e.getKey() + ":" + print(e.getValue()))
        .collect(Collectors.joining(" ", "map[", "]"));
  }

  static boolean isTrue(Object value) {
    return switch (value) {
      case Node.Nil _ -> false;
      case String s -> !s.isEmpty();
      case Long n -> n != 0;
      case Double d -> d != 0;
      case Boolean b -> b;
      case List<?> l -> !l.isEmpty();
      case Map<?, ?> m -> !m.isEmpty();
      case TemplateData d -> !d.fields().isEmpty();
      default -> true;
    };
  }

  /// Keys and values to iterate over; null when the value has none.
  static List<Map.Entry<Object, Object>> items(Object value) {
    var items = new ArrayList<Map.Entry<Object, Object>>();
    switch (value) {
      case List<?> l -> {
        for (int i = 0; i < l.size(); i++) {
          items.add(Map.entry((long) i, l.get(i)));
        }
      }
      case Map<?, ?> m -> {
        var sorted = new TreeMap<String, Object>();
        m.forEach((k, v) -> sorted.put(print(k), v));
        sorted.forEach((k, v) -> items.add(Map.entry(k, v)));
      }
      case TemplateData d -> d.fields().forEach((k, v) -> items.add(Map.entry(k, v)));
      case Long n when n <= 100_000 -> {
        for (long i = 0; i < n; i++) {
          items.add(Map.entry(i, i));
        }
      }
      case Node.Nil _ -> {}
      default -> {
        return null;
      }
    }
    return items;
  }

  static String typeName(Object value) {
    return switch (value) {
      case String _ -> "string";
      case Long _ -> "int64";
      case Double _ -> "float64";
      case Boolean _ -> "bool";
      case List<?> _ -> "[]interface {}";
      case Map<?, ?> _ -> "map[string]interface {}";
      case TemplateData _ -> "map[string]string";
      case GoTime _ -> "time.Time";
      default -> "<nil>";
    };
  }

  /// As the functions for whole numbers see a value: 0 for what is none.
  static long toLong(Object value) {
    return switch (value) {
      case Long n -> n;
      case Double d -> d.longValue();
      case Boolean b -> b ? 1 : 0;
      case String s -> parseLong(s);
      default -> 0;
    };
  }

  private static long parseLong(String text) {
    String s = text;
    int point = s.indexOf('.');
    if (point > 0 && s.substring(point + 1).chars().allMatch(c -> c == '0')) {
      s = s.substring(0, point);
    }
    try {
      return Long.decode(s);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  static double toDouble(Object value) {
    return switch (value) {
      case Long n -> n;
      case Double d -> d;
      case Boolean b -> b ? 1 : 0;
      case String s -> {
        double d = GoFloats.parse(s);
        yield Double.isNaN(d) ? 0 : d;
      }
      default -> 0;
    };
  }
}
