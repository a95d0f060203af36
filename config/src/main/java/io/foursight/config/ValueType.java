package io.foursight.config;

import io.foursight.model.FoursightException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// How one type of value is read from text or YAML and written back. Built from the Java type of a
/// record component.
sealed interface ValueType {
  /// @throws FoursightException `BAD_DATA` with the text, without the place
  Object read(RawValue raw);

  /// As one line of YAML (flow style for lists and maps).
  String write(Object value);

  /// The word in the reference page.
  String word();

  static ValueType of(Type type) {
    if (type instanceof ParameterizedType p && p.getRawType() == List.class) {
      return new ListOf(of(p.getActualTypeArguments()[0]));
    }
    if (type instanceof ParameterizedType p && p.getRawType() == Map.class) {
      return new MapOf(of(p.getActualTypeArguments()[1]));
    }
    if (type instanceof Class<?> c && c.isEnum()) {
      return new Choice(c);
    }
    if (type instanceof Class<?> c && c.isRecord() && c != ByteSize.class) {
      return new Nested(RecordShape.of("", RecordShape.defaults(c.asSubclass(Record.class))));
    }
    return new Scalar(ScalarKind.of(type));
  }

  record Scalar(ScalarKind kind) implements ValueType {
    @Override
    public Object read(RawValue raw) {
      if (raw instanceof RawValue.Text text) {
        return kind.read(text.text());
      }
      throw FoursightException.badData("expected one value (" + word() + ")");
    }

    @Override
    public String write(Object value) {
      return kind.write(value);
    }

    @Override
    public String word() {
      return kind.word;
    }
  }

  /// Constants are written in lower case, with `-` or `_` between words.
  record Choice(Class<?> type) implements ValueType {
    @Override
    public Object read(RawValue raw) {
      if (raw instanceof RawValue.Text(String text, String place)) {
        for (Object constant : type.getEnumConstants()) {
          if (write(constant).equals(text.trim().toLowerCase(Locale.ROOT).replace('_', '-'))) {
            return constant;
          }
        }
        throw FoursightException.badData("\"" + text + "\" is none of " + word());
      }
      throw FoursightException.badData("expected one of " + word());
    }

    @Override
    public String write(Object value) {
      return ((Enum<?>) value).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String word() {
      return List.of(type.getEnumConstants()).stream()
          .map(this::write)
          .collect(Collectors.joining(" | "));
    }
  }

  /// A YAML list, or text with commas.
  record ListOf(ValueType item) implements ValueType {
    @Override
    public Object read(RawValue raw) {
      List<Object> values = new ArrayList<>();
      switch (raw) {
        case RawValue.Items items -> items.items().forEach(i -> values.add(item.read(i)));
        case RawValue.Text(String text, String place) -> {
          for (String part : text.split(",")) {
            if (!part.isBlank()) {
              values.add(item.read(new RawValue.Text(part.trim(), place)));
            }
          }
        }
        case RawValue.Nothing nothing -> {}
        case RawValue.Entries entries -> throw FoursightException.badData("expected a " + word());
      }
      return List.copyOf(values);
    }

    @Override
    public String write(Object value) {
      return ((List<?>) value)
          .stream().map(item::write).collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public String word() {
      return "list of " + item.word();
    }
  }

  /// A YAML mapping, or text `name=value,name=value`.
  record MapOf(ValueType item) implements ValueType {
    @Override
    public Object read(RawValue raw) {
      Map<String, Object> values = new LinkedHashMap<>();
      switch (raw) {
        case RawValue.Entries entries ->
            entries.entries().forEach((name, v) -> values.put(name, item.read(v)));
        case RawValue.Text(String text, String place) -> {
          for (String part : text.split(",")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
              values.put(
                  part.substring(0, equals).trim(),
                  item.read(new RawValue.Text(part.substring(equals + 1).trim(), place)));
            } else if (!part.isBlank()) {
              throw FoursightException.badData("\"" + part + "\" is not name=value in a " + word());
            }
          }
        }
        case RawValue.Nothing nothing -> {}
        case RawValue.Items items -> throw FoursightException.badData("expected a " + word());
      }
      return Collections.unmodifiableMap(values);
    }

    @Override
    public String write(Object value) {
      return ((Map<?, ?>) value)
          .entrySet().stream()
              .map(e -> ScalarKind.quote((String) e.getKey()) + ": " + item.write(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
    }

    @Override
    public String word() {
      return "map of name to " + item.word();
    }
  }

  /// A YAML mapping with the keys of a record: an item of a list.
  record Nested(RecordShape shape) implements ValueType {
    /// Two records of limits may hold lists of the same type.
    @Override
    public boolean equals(Object other) {
      return other instanceof Nested n && n.shape.type() == shape.type();
    }

    @Override
    public int hashCode() {
      return shape.type().hashCode();
    }

    @Override
    public Object read(RawValue raw) {
      if (!(raw instanceof RawValue.Entries entries)) {
        throw FoursightException.badData("expected a " + word());
      }
      Map<String, Key> keys = new LinkedHashMap<>();
      shape.keys().forEach(key -> keys.put(key.path(), key));
      Map<String, Object> values = new LinkedHashMap<>();
      new KeyBinder(keys).bind(entries, values);
      return shape.create(values);
    }

    /// Keys that have their default are left out.
    @Override
    public String write(Object value) {
      Map<String, Object> values = shape.values((Record) value);
      return shape.keys().stream()
          .filter(key -> !values.get(key.path()).equals(key.defaultValue()))
          .map(key -> key.path() + ": " + key.type().write(values.get(key.path())))
          .collect(Collectors.joining(", ", "{", "}"));
    }

    @Override
    public String word() {
      return shape.keys().stream().map(Key::path).collect(Collectors.joining(", ", "{", "}"));
    }
  }

  /// Types whose value is one piece of text.
  enum ScalarKind {
    TEXT("text"),
    INT("integer"),
    LONG("integer"),
    DOUBLE("number"),
    BOOLEAN("boolean"),
    DURATION("duration"),
    SIZE("size");

    private final String word;

    ScalarKind(String word) {
      this.word = word;
    }

    static ScalarKind of(Type type) {
      return switch (type.getTypeName()) {
        case "java.lang.String" -> TEXT;
        case "int", "java.lang.Integer" -> INT;
        case "long", "java.lang.Long" -> LONG;
        case "double", "java.lang.Double" -> DOUBLE;
        case "boolean", "java.lang.Boolean" -> BOOLEAN;
        case "java.time.Duration" -> DURATION;
        case "io.foursight.config.ByteSize" -> SIZE;
        default ->
            throw new IllegalArgumentException("no configuration type for " + type.getTypeName());
      };
    }

    Object read(String text) {
      String t = text.trim();
      try {
        return switch (this) {
          case TEXT -> text;
          case INT -> Integer.parseInt(t.replace("_", ""));
          case LONG -> Long.parseLong(t.replace("_", ""));
          case DOUBLE -> Double.parseDouble(t);
          case DURATION -> GoDuration.parse(t);
          case SIZE -> ByteSize.parse(t);
          case BOOLEAN ->
              switch (t.toLowerCase(Locale.ROOT)) {
                case "true", "yes", "on", "1" -> true;
                case "false", "no", "off", "0" -> false;
                default -> throw FoursightException.badData("not true or false: \"" + t + "\"");
              };
        };
      } catch (NumberFormatException e) {
        throw FoursightException.badData("not a valid " + word + ": \"" + t + "\"");
      }
    }

    String write(Object value) {
      return switch (this) {
        case TEXT -> quote((String) value);
        case DURATION -> GoDuration.format((Duration) value);
        case DOUBLE -> {
          double d = (Double) value;
          yield d == Math.rint(d) && Math.abs(d) < 1e15
              ? Long.toString((long) d)
              : Double.toString(d);
        }
        default -> String.valueOf(value);
      };
    }

    /// Text as YAML: plain where that is safe, else in double quotes.
    static String quote(String text) {
      boolean plain =
          text.matches("[A-Za-z_./][A-Za-z0-9_./*@+-]*( [A-Za-z0-9_./*@+-]+)*")
              && !text.toLowerCase(Locale.ROOT).matches("true|false|yes|no|on|off|null|y|n");
      if (plain) {
        return text;
      }
      var out = new StringBuilder("\"");
      for (char c : text.toCharArray()) {
        if (c == '"' || c == '\\') {
          out.append('\\').append(c);
        } else if (c < 0x20) {
          out.append(String.format("\\x%02x", (int) c));
        } else {
          out.append(c);
        }
      }
      return out.append('"').toString();
    }
  }
}
