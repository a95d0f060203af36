package io.foursight.wire.connect;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The fields of a protobuf message as its JSON needs to know them. Filled in order and then not
/// changed any more; a message may contain itself.
///
/// ```
/// new MessageSchema().text(1, "name").many().message(2, "labels_set", LABELS)
/// ```
public final class MessageSchema {
  enum Kind {
    TEXT,
    BYTES,
    /// 32 bits, a number in JSON.
    NUMBER,
    /// 64 bits, a string in JSON.
    LONG,
    /// 64 bits without a sign, likewise.
    UNSIGNED,
    DOUBLE,
    BOOL,
    ENUM,
    MESSAGE
  }

  /// @param json the name in lowerCamelCase
  /// @param names of the values of an enum, from 0 on
  record Field(
      int number,
      String json,
      Kind kind,
      boolean repeated,
      MessageSchema message,
      List<String> names) {}

  private final Map<Integer, Field> byNumber = new HashMap<>();
  private final Map<String, Field> byName = new HashMap<>();
  private boolean many;

  /// Makes the next field a repeated one.
  public MessageSchema many() {
    many = true;
    return this;
  }

  private MessageSchema add(
      int number, String name, Kind kind, MessageSchema message, List<String> names) {
    var field = new Field(number, camel(name), kind, many, message, names);
    many = false;
    byNumber.put(number, field);
    byName.put(name, field);
    byName.put(field.json(), field);
    return this;
  }

  public MessageSchema text(int number, String name) {
    return add(number, name, Kind.TEXT, this, List.of());
  }

  public MessageSchema bytes(int number, String name) {
    return add(number, name, Kind.BYTES, this, List.of());
  }

  public MessageSchema number(int number, String name) {
    return add(number, name, Kind.NUMBER, this, List.of());
  }

  public MessageSchema int64(int number, String name) {
    return add(number, name, Kind.LONG, this, List.of());
  }

  public MessageSchema uint64(int number, String name) {
    return add(number, name, Kind.UNSIGNED, this, List.of());
  }

  public MessageSchema float64(int number, String name) {
    return add(number, name, Kind.DOUBLE, this, List.of());
  }

  public MessageSchema bool(int number, String name) {
    return add(number, name, Kind.BOOL, this, List.of());
  }

  /// @param names of the values from 0 on
  public MessageSchema choice(int number, String name, List<String> names) {
    return add(number, name, Kind.ENUM, this, names);
  }

  public MessageSchema message(int number, String name, MessageSchema of) {
    return add(number, name, Kind.MESSAGE, of, List.of());
  }

  Field byNumber(int number) {
    return byNumber.get(number);
  }

  /// By either of its names.
  Field byName(String name) {
    return byName.get(name);
  }

  /// `labels_set` is `labelsSet`, as protobuf's compiler makes it.
  static String camel(String name) {
    var out = new StringBuilder();
    boolean upper = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        out.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return out.toString();
  }
}
