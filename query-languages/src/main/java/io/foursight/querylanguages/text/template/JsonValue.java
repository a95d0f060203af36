package io.foursight.querylanguages.text.template;

import io.foursight.querylanguages.text.GoFloats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON text as a value of templates; nil when it is malformed. Numbers are decimals.
final class JsonValue {
  private static final int MAX_DEPTH = 200;

  private static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed() {
      super(null, null, false, false);
    }
  }

  private final String s;
  private int at;

  private JsonValue(String s) {
    this.s = s;
  }

  static Object parse(String text) {
    var parser = new JsonValue(text);
    try {
      Object value = parser.value(0);
      parser.blank();
      return parser.at == text.length() ? value : Node.Nil.NIL;
    } catch (Malformed | IndexOutOfBoundsException e) {
      return Node.Nil.NIL;
    }
  }

  private void blank() {
    while (at < s.length() && " \t\r\n".indexOf(s.charAt(at)) >= 0) {
      at++;
    }
  }

  private Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw new Malformed();
    }
    blank();
    char c = s.charAt(at);
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", Node.Nil.NIL);
      default -> number();
    };
  }

  private Object word(String word, Object value) {
    expect(word);
    return value;
  }

  private void expect(String text) {
    if (!s.startsWith(text, at)) {
      throw new Malformed();
    }
    at += text.length();
  }

  private Object number() {
    int start = at;
    while (at < s.length() && "+-.eE0123456789".indexOf(s.charAt(at)) >= 0) {
      at++;
    }
    double value = GoFloats.parse(s.substring(start, at));
    if (Double.isNaN(value)) {
      throw new Malformed();
    }
    return value;
  }

  private Map<String, Object> object(int depth) {
    var map = new LinkedHashMap<String, Object>();
    at++;
    blank();
    if (s.charAt(at) == '}') {
      at++;
      return map;
    }
    while (true) {
      blank();
      String key = string();
      blank();
      expect(":");
      map.put(key, value(depth + 1));
      blank();
      if (s.charAt(at) == '}') {
        at++;
        return map;
      }
      expect(",");
    }
  }

  private List<Object> array(int depth) {
    var list = new ArrayList<Object>();
    at++;
    blank();
    if (s.charAt(at) == ']') {
      at++;
      return list;
    }
    while (true) {
      list.add(value(depth + 1));
      blank();
      if (s.charAt(at) == ']') {
        at++;
        return list;
      }
      expect(",");
    }
  }

  private String string() {
    expect("\"");
    var out = new StringBuilder();
    while (s.charAt(at) != '"') {
      char c = s.charAt(at++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = s.charAt(at++);
      switch (escaped) {
        case '"', '\\', '/' -> out.append(escaped);
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'u' -> {
          try {
            out.append((char) Integer.parseInt(s.substring(at, at + 4), 16));
          } catch (NumberFormatException e) {
            throw new Malformed();
          }
          at += 4;
        }
        default -> throw new Malformed();
      }
    }
    at++;
    return out.toString();
  }
}
