package io.foursight.wire.profiles;

import io.foursight.model.FoursightException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One chunk of a JDK Flight Recorder file, which describes its own types: metadata (a tree of
/// classes with fields), constant pools (checkpoint events, chained backwards), events.
///
/// ```
/// header    "FLR\0", version u2 u2, size u8, last checkpoint u8, metadata u8, start nanos u8, duration u8,
///           start ticks u8, ticks a second u8, features u4 (bit 0: integers are LEB128)
/// event     size, type, fields in the order of the metadata
/// ```
///
/// Values are found by position and read when asked for, so event types that nobody knows cost
/// nothing and harm nothing. The layout is that of the JDK's `jdk.jfr.internal.consumer` and of
/// async-profiler's writer. Every error is `BAD_DATA` with the offset.
final class JfrChunk {
  private static final int HEADER = 68;
  private static final int MAX_DEPTH = 32;

  /// @param pool whether the value is the key of a constant
  record Field(String name, Type type, boolean pool, boolean array) {}

  static final class Type {
    final long id;
    final String name;
    final List<Field> fields = new ArrayList<>();
    private final Map<String, Integer> fieldOf = new HashMap<>();

    Type(long id, String name) {
      this.id = id;
      this.name = name;
    }

    /// -1 when there is none.
    int field(String field) {
      return fieldOf.getOrDefault(field, -1);
    }
  }

  /// Positions of constants by key.
  private static final class Pool {
    final Map<Long, Integer> positions = new HashMap<>();
  }

  final byte[] bytes;
  final int start;
  final int end;
  final long startNanos;
  final long startTicks;
  final long ticksPerSecond;
  private int position;
  private final Map<Long, Type> types = new HashMap<>();
  private final Map<Long, Pool> pools = new HashMap<>();

  /// @param start where the chunk begins
  JfrChunk(byte[] bytes, int start) {
    this.bytes = bytes;
    this.start = start;
    if (bytes.length - start < HEADER
        || bytes[start] != 'F'
        || bytes[start + 1] != 'L'
        || bytes[start + 2] != 'R'
        || bytes[start + 3] != 0) {
      throw bad("no chunk header", start);
    }
    long size = number(start + 8);
    if (size < HEADER || size > bytes.length - start) {
      throw bad("a chunk of " + size + " bytes in " + (bytes.length - start), start);
    }
    this.end = start + (int) size;
    this.startNanos = number(start + 32);
    this.startTicks = number(start + 48);
    this.ticksPerSecond = Math.max(1, number(start + 56));
    if ((bytes[start + 67] & 1) == 0) {
      throw bad("integers are not compressed", start);
    }
    readMetadata(inside(number(start + 24)));
    readPools(number(start + 16));
  }

  static FoursightException bad(String what, int at) {
    return PprofFile.bad("JFR at byte " + at + ": " + what);
  }

  private int inside(long offset) {
    if (offset < HEADER || offset >= end - start) {
      throw bad("offset " + offset + " of a chunk of " + (end - start) + " bytes", start);
    }
    return start + (int) offset;
  }

  private long number(int at) {
    long number = 0;
    for (int i = 0; i < 8; i++) {
      number = number << 8 | bytes[at + i] & 0xff;
    }
    return number;
  }

  // --- reading forward

  int position() {
    return position;
  }

  void position(int at) {
    position = at;
  }

  private int next() {
    if (position >= end) {
      throw bad("it ends inside a value", position);
    }
    return bytes[position++];
  }

  /// At most nine bytes, of which the ninth is whole.
  long varint() {
    long number = 0;
    for (int shift = 0; shift < 56; shift += 7) {
      int b = next();
      number |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return number;
      }
    }
    return number | (long) (next() & 0xff) << 56;
  }

  private int count() {
    int at = position;
    long count = varint();
    if (count < 0 || count > end - position) {
      throw bad("a count of " + count + " with " + (end - position) + " bytes left", at);
    }
    return (int) count;
  }

  /// Empty for null.
  String string() {
    int at = position;
    int encoding = next();
    switch (encoding) {
      case 0, 1 -> {
        return "";
      }
      case 2 -> {
        return constantString(varint());
      }
      case 3 -> {
        int length = count();
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
      }
      case 4 -> {
        var chars = new char[count()];
        for (int i = 0; i < chars.length; i++) {
          chars[i] = (char) varint();
        }
        return new String(chars);
      }
      case 5 -> {
        int length = count();
        String text = new String(bytes, position, length, StandardCharsets.ISO_8859_1);
        position += length;
        return text;
      }
      default -> throw bad("a string of encoding " + encoding, at);
    }
  }

  private String constantString(long key) {
    for (Type type : types.values()) {
      if (type.name.equals("java.lang.String")) {
        int at = constant(type, key);
        if (at >= 0) {
          int back = position;
          position = at;
          String text = string();
          position = back;
          return text;
        }
      }
    }
    return "";
  }

  // --- types

  private void readMetadata(int at) {
    position = at;
    varint();
    varint();
    varint();
    varint();
    varint();
    var strings = new String[count()];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = string();
    }
    element(strings, null, 0);
    // Fields name types by id, which may come later than the field.
    for (Type type : types.values()) {
      for (int i = 0; i < type.fields.size(); i++) {
        Field field = type.fields.get(i);
        Type target = types.get(field.type().id);
        if (target == null) {
          throw bad("field " + type.name + "." + field.name() + " has no type", at);
        }
        type.fields.set(i, new Field(field.name(), target, field.pool(), field.array()));
        type.fieldOf.put(field.name(), i);
      }
    }
  }

  private void element(String[] strings, Type owner, int depth) {
    if (depth > MAX_DEPTH) {
      throw bad("metadata nested more than " + MAX_DEPTH + " deep", position);
    }
    String name = text(strings);
    var attributes = new HashMap<String, String>();
    for (int n = count(); n > 0; n--) {
      String key = text(strings);
      attributes.put(key, text(strings));
    }
    Type type = owner;
    if (name.equals("class")) {
      type = new Type(id(attributes.get("id")), attributes.getOrDefault("name", ""));
      types.put(type.id, type);
    } else if (name.equals("field") && owner != null) {
      owner.fields.add(
          new Field(
              attributes.getOrDefault("name", ""),
              new Type(id(attributes.get("class")), ""),
              "true".equals(attributes.get("constantPool")),
              "1".equals(attributes.get("dimension"))));
    }
    for (int n = count(); n > 0; n--) {
      element(strings, type, depth + 1);
    }
  }

  private String text(String[] strings) {
    int at = position;
    long number = varint();
    if (number < 0 || number >= strings.length) {
      throw bad("string " + number + " of " + strings.length, at);
    }
    return strings[(int) number];
  }

  private long id(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw bad("a type with the id \"" + text + "\"", position);
    }
  }

  /// Null when the chunk does not know it.
  Type type(long id) {
    return types.get(id);
  }

  // --- constants

  private void readPools(long offset) {
    int checkpoints = 0;
    for (long at = offset; at != 0; ) {
      int event = inside(at);
      position = event;
      varint();
      varint();
      varint();
      varint();
      long delta = varint();
      next();
      for (int n = count(); n > 0; n--) {
        readPool();
      }
      if (delta > 0 || ++checkpoints > 1 << 20) {
        throw bad("checkpoints do not lead backwards", event);
      }
      at = delta == 0 ? 0 : at + delta;
    }
  }

  private void readPool() {
    int at = position;
    Type type = types.get(varint());
    if (type == null) {
      throw bad("constants of an unknown type", at);
    }
    Pool pool = pools.computeIfAbsent(type.id, unused -> new Pool());
    for (int n = count(); n > 0; n--) {
      long key = varint();
      // Checkpoints are read from the last to the first; the later word counts.
      pool.positions.putIfAbsent(key, position);
      skip(type, 0);
    }
  }

  /// Where the value of a constant begins; -1 when there is none.
  int constant(Type type, long key) {
    Pool pool = pools.get(type.id);
    return pool == null ? -1 : pool.positions.getOrDefault(key, -1);
  }

  // --- values

  /// Goes over one value of a type.
  private void skip(Type type, int depth) {
    if (depth > MAX_DEPTH) {
      throw bad("values nested more than " + MAX_DEPTH + " deep", position);
    }
    switch (type.name) {
      case "boolean", "byte" -> next();
      case "char", "short", "int", "long" -> varint();
      case "float" -> forward(4);
      case "double" -> forward(8);
      case "java.lang.String" -> string();
      default -> {
        for (Field field : type.fields) {
          skip(field, depth);
        }
      }
    }
  }

  private void skip(Field field, int depth) {
    for (int n = field.array() ? count() : 1; n > 0; n--) {
      if (field.pool()) {
        varint();
      } else {
        skip(field.type(), depth + 1);
      }
    }
  }

  private void forward(int count) {
    if (count > end - position) {
      throw bad("it ends inside a value", position);
    }
    position += count;
  }

  /// Reads the fields of an event or constant from here on: of numbers the number, of constants the
  /// key, of everything else where it begins.
  ///
  /// @param values as many as the type has fields at least
  void fields(Type type, long[] values) {
    for (int i = 0; i < type.fields.size(); i++) {
      Field field = type.fields.get(i);
      if (field.array()) {
        values[i] = position;
        skip(field, 0);
      } else if (field.pool()) {
        values[i] = varint();
      } else {
        switch (field.type().name) {
          case "boolean", "byte" -> values[i] = next();
          case "char", "short", "int", "long" -> values[i] = varint();
          default -> {
            values[i] = position;
            skip(field, 0);
          }
        }
      }
    }
  }

  /// One number field of a constant; 0 when there is no such constant or field.
  long constantField(Type type, long key, String field) {
    int index = type.field(field);
    int at = constant(type, key);
    if (index < 0 || at < 0) {
      return 0;
    }
    int back = position;
    position = at;
    var values = new long[type.fields.size()];
    fields(type, values);
    position = back;
    return values[index];
  }

  /// What is called for each event.
  interface Visitor {
    /// The chunk stands at the first field of the event.
    void event(Type type);
  }

  /// All events of types that the chunk knows, in the order of the file.
  void events(Visitor visitor) {
    int at = start + HEADER;
    while (at < end) {
      position = at;
      long size = varint();
      if (size <= 0 || size > end - at) {
        throw bad("an event of " + size + " bytes with " + (end - at) + " left", at);
      }
      // Not a bound for what is read: constants lie elsewhere in the chunk.
      int next = at + (int) size;
      long id = varint();
      Type type = id <= 1 ? null : types.get(id);
      if (type != null) {
        visitor.event(type);
      }
      at = next;
    }
  }

  /// The chunks of a file, one after the other.
  static List<JfrChunk> chunks(byte[] file) {
    var chunks = new ArrayList<JfrChunk>();
    for (int at = 0; at < file.length; at = chunks.getLast().end) {
      chunks.add(new JfrChunk(file, at));
    }
    if (chunks.isEmpty()) {
      throw PprofFile.bad("the JFR file is empty");
    }
    return chunks;
  }
}
