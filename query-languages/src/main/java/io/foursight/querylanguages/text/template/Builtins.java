package io.foursight.querylanguages.text.template;

import io.foursight.model.Labels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The functions that every Go template has.
final class Builtins {
  private Builtins() {}

  static void addTo(Functions f) {
    f.add("not", 1, a -> !Values.isTrue(a.get(0)));
    f.add("len", 1, Builtins::length);
    f.addVariadic("index", 1, Builtins::index);
    f.addVariadic("slice", 1, Builtins::slice);
    f.addVariadic("print", 0, a -> print(a, false));
    f.addVariadic("println", 0, a -> print(a, true) + "\n");
    f.addVariadic("printf", 1, a -> GoFormat.format(a.text(0), a.values().subList(1, a.size())));
    f.addVariadic("html", 1, a -> html(print(a, false)));
    f.addVariadic("js", 1, a -> js(print(a, false)));
    f.addVariadic("urlquery", 1, a -> TextFunctions.urlEncode(print(a, false)));
    f.addVariadic(
        "eq",
        2,
        a -> {
          for (int i = 1; i < a.size(); i++) {
            if (equal(a, a.get(0), a.get(i))) {
              return true;
            }
          }
          return false;
        });
    f.add("ne", 2, a -> !equal(a, a.get(0), a.get(1)));
    f.add("lt", 2, a -> compare(a) < 0);
    f.add("le", 2, a -> compare(a) <= 0);
    f.add("gt", 2, a -> compare(a) > 0);
    f.add("ge", 2, a -> compare(a) >= 0);
  }

  private static Object length(Args a) {
    return switch (a.get(0)) {
      case String s -> (long) s.getBytes(StandardCharsets.UTF_8).length;
      case List<?> l -> (long) l.size();
      case Map<?, ?> m -> (long) m.size();
      case TemplateData d -> (long) d.fields().size();
      default -> throw a.failed("len of type " + Values.typeName(a.get(0)));
    };
  }

  private static Object index(Args a) {
    Object value = a.get(0);
    for (int i = 1; i < a.size(); i++) {
      Object key = a.get(i);
      value =
          switch (value) {
            case TemplateData d -> d.field(Values.print(key));
            case Map<?, ?> m -> m.containsKey(key) ? m.get(key) : Node.Nil.NIL;
            case List<?> l -> l.get(position(a, i, l.size()));
            case String s -> {
              byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
              yield (long) (bytes[position(a, i, bytes.length)] & 0xff);
            }
            default -> throw a.failed("can't index item of type " + Values.typeName(a.get(0)));
          };
    }
    return value;
  }

  private static int position(Args a, int i, int size) {
    int at = a.whole(i);
    if (at < 0 || at >= size) {
      throw a.failed("index out of range: " + at);
    }
    return at;
  }

  private static Object slice(Args a) {
    Object value = a.get(0);
    int from = a.size() > 1 ? a.whole(1) : 0;
    if (value instanceof List<?> l) {
      return l.subList(from, a.size() > 2 ? a.whole(2) : l.size());
    }
    byte[] bytes = a.text(0).getBytes(StandardCharsets.UTF_8);
    int to = a.size() > 2 ? a.whole(2) : bytes.length;
    if (from < 0 || to > bytes.length || from > to) {
      throw a.failed("index out of range: " + (to > bytes.length ? to : from));
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /// Blanks between operands: always, or only where neither is a text.
  private static String print(Args a, boolean always) {
    if (always) {
      return a.values().stream().map(Values::print).collect(Collectors.joining(" "));
    }
    var out = new StringBuilder();
    for (int i = 0; i < a.size(); i++) {
      if (i > 0 && !(a.get(i) instanceof String) && !(a.get(i - 1) instanceof String)) {
        out.append(' ');
      }
      out.append(Values.print(a.get(i)));
    }
    return out.toString();
  }

  private static String html(String s) {
    return s.replace("&", "&amp;")
        .replace("'", "&#39;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&#34;");
  }

  private static String js(String s) {
    var out = new StringBuilder();
    for (char c : s.toCharArray()) {
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\'' -> out.append("\\'");
        case '"' -> out.append("\\\"");
        case '<', '>', '&', '=' -> out.append(String.format("\\u%04X", (int) c));
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04X", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }

  private static boolean equal(Args a, Object x, Object y) {
    if (x instanceof Node.Nil || y instanceof Node.Nil) {
      return x == y;
    }
    if (!x.getClass().equals(y.getClass())) {
      throw a.failed("incompatible types for comparison");
    }
    if (x instanceof List || x instanceof Map) {
      throw a.failed("non-comparable type " + Values.typeName(x));
    }
    return x.equals(y);
  }

  private static int compare(Args a) {
    Object x = a.get(0);
    Object y = a.get(1);
    if (x instanceof String s && y instanceof String t) {
      return Labels.compareText(s, t);
    }
    if (x instanceof Long s && y instanceof Long t) {
      return s.compareTo(t);
    }
    if (x instanceof Double s && y instanceof Double t) {
      return s.compareTo(t);
    }
    boolean mixed = !x.getClass().equals(y.getClass());
    throw a.failed(mixed ? "incompatible types for comparison" : "invalid type for comparison");
  }
}
