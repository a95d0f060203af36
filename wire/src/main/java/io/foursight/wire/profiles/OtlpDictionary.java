package io.foursight.wire.profiles;

import io.foursight.wire.protobuf.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The `ProfilesDictionary` of an OTLP profiles request: tables that everything refers to by index.
/// Rows stay where they lie in the message; index 0 of every table stands for "none". Owned by one
/// thread.
///
/// ```
/// mapping 1 | location 2 | function 3 | link 4 | string 5 | attribute 6 | stack 7
/// ```
final class OtlpDictionary {
  static final int MAPPINGS = 1;
  static final int LOCATIONS = 2;
  static final int FUNCTIONS = 3;
  static final int LINKS = 4;
  static final int STRINGS = 5;
  static final int ATTRIBUTES = 6;
  static final int STACKS = 7;

  private static final class Table {
    int[] offsets = new int[64];
    int[] lengths = new int[64];
    int rows;

    void add(int offset, int length) {
      if (rows == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * rows);
        lengths = Arrays.copyOf(lengths, 2 * rows);
      }
      offsets[rows] = offset;
      lengths[rows++] = length;
    }
  }

  private final byte[] bytes;
  private final Table[] tables = new Table[STACKS + 1];
  private String[] texts = new String[0];

  /// An attribute: a key, and its value as text; empty when it is none that a label can have.
  record Attribute(String key, String value) {}

  OtlpDictionary(byte[] message) {
    this.bytes = message;
    for (int t = 1; t < tables.length; t++) {
      tables[t] = new Table();
    }
  }

  /// Adds the rows of one dictionary; `in` stands in it.
  void read(ProtoReader in) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      int field = tag >>> 3;
      if ((tag & 7) == ProtoReader.BYTES && field >= MAPPINGS && field <= STACKS) {
        int length = in.length();
        tables[field].add(in.position(), length);
        in.position(in.position() + length);
      } else {
        in.skip(tag);
      }
    }
    texts = new String[tables[STRINGS].rows];
  }

  int rows(int table) {
    return tables[table].rows;
  }

  /// A cursor over a row.
  ///
  /// @param what for the message
  /// @throws io.foursight.model.FoursightException `BAD_DATA` when there is no such row
  ProtoReader row(int table, long index, String what) {
    Table rows = tables[table];
    if (index < 0 || index >= rows.rows) {
      throw PprofFile.bad("it refers to " + what + " " + index + " of " + rows.rows);
    }
    var in = new ProtoReader();
    in.reset(bytes, rows.offsets[(int) index], rows.lengths[(int) index]);
    return in;
  }

  String string(long index) {
    if (index >= 0 && index < texts.length && texts[(int) index] != null) {
      return texts[(int) index];
    }
    ProtoReader row = row(STRINGS, index, "string");
    String text =
        new String(bytes, row.position(), row.limit() - row.position(), StandardCharsets.UTF_8);
    texts[(int) index] = text;
    return text;
  }

  Attribute attribute(long index) {
    ProtoReader in = row(ATTRIBUTES, index, "attribute");
    long key = 0;
    String value = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> key = in.varint();
        case 2 << 3 | ProtoReader.BYTES -> {
          int outer = in.enter();
          value = text(in, true);
          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }
    return new Attribute(string(key), value);
  }

  /// A `KeyValue` at which a cursor stands.
  static Attribute keyValue(ProtoReader in) {
    String key = "";
    String value = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> key = in.string();
        case 2 << 3 | ProtoReader.BYTES -> {
          int outer = in.enter();
          value = text(in, true);
          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }
    return new Attribute(key, value);
  }

  /// Texts, whole numbers, and lists of just one of them; anything else is no label.
  private static String text(ProtoReader in, boolean lists) {
    String text = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | ProtoReader.BYTES -> text = in.string();
        case 3 << 3 -> text = Long.toString(in.varint());
        case 5 << 3 | ProtoReader.BYTES -> {
          int outer = in.enter();
          text = lists ? single(in) : "";
          in.leave(outer);
        }
        default -> {
          in.skip(tag);
        }
      }
    }
    return text;
  }

  private static String single(ProtoReader in) {
    int values = 0;
    Optional<String> first = Optional.empty();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | ProtoReader.BYTES)) {
        int outer = in.enter();
        String text = text(in, false);
        in.leave(outer);
        first = values++ == 0 ? Optional.of(text) : Optional.empty();
      } else {
        in.skip(tag);
      }
    }
    return first.orElse("");
  }
}
