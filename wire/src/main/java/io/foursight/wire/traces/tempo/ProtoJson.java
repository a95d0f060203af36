package io.foursight.wire.traces.tempo;

import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.Base64;
import java.util.List;

/// Prints protobuf messages as `jsonpb` does, straight from their bytes by a table of their fields:
/// fields in the table's order, zero values left out (but for members of a `oneof`), unknown fields
/// left out.
final class ProtoJson {
  enum Kind {
    TEXT,
    BYTES,
    /// A 32-bit number.
    NUMBER,
    FIXED_NUMBER,
    /// A signed 64-bit number: a string.
    LONG,
    /// An unsigned one of fixed size: a string.
    FIXED_LONG,
    DOUBLE,
    BOOL,
    ENUM,
    MESSAGE
  }

  /// @param oneof zero values are printed
  /// @param names of the values of an `ENUM`
  record Field(
      int number,
      String name,
      Kind kind,
      boolean repeated,
      boolean oneof,
      Schema message,
      List<String> names) {
    int tag() {
      return ProtoReader.tagOf(
          number,
          switch (kind) {
            case TEXT, BYTES, MESSAGE -> ProtoReader.BYTES;
            case NUMBER, LONG, BOOL, ENUM -> ProtoReader.VARINT;
            case FIXED_LONG, DOUBLE -> ProtoReader.FIXED64;
            case FIXED_NUMBER -> ProtoReader.FIXED32;
          });
    }
  }

  /// The fields of a message; filled once, so that messages may contain themselves.
  static final class Schema {
    private Field[] fields = {};
    private int[] tags = {};

    Schema of(Field... all) {
      fields = all;
      tags = new int[all.length];
      for (int i = 0; i < all.length; i++) {
        tags[i] = all[i].tag();
      }
      return this;
    }
  }

  private final JsonBuffer out;

  ProtoJson(JsonBuffer out) {
    this.out = out;
  }

  /// Prints the message between the reader's position and limit, and moves to its end.
  void message(ProtoReader in, Schema schema) {
    int start = in.position();
    int end = in.limit();
    out.raw('{');
    boolean first = true;
    for (int i = 0; i < schema.fields.length; i++) {
      in.position(start);
      first = field(in, schema.fields[i], schema.tags[i], first);
    }
    in.position(end);
    out.raw('}');
  }

  private boolean field(ProtoReader in, Field field, int wanted, boolean first) {
    boolean begun = false;
    int last = -1;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag != wanted) {
        in.skip(tag);
      } else if (field.repeated()) {
        if (begun) {
          out.raw(',');
        } else {
          name(field, first);
          out.raw('[');
          begun = true;
        }
        value(in, field);
      } else {
        last = in.position();
        in.skip(tag);
      }
    }
    if (begun) {
      out.raw(']');
      return false;
    }
    if (last < 0) {
      return first;
    }
    in.position(last);
    if (!field.oneof() && isZero(in, field)) {
      return first;
    }
    in.position(last);
    name(field, first);
    value(in, field);
    return false;
  }

  private void name(Field field, boolean first) {
    if (!first) {
      out.raw(',');
    }
    out.raw('"').raw(field.name()).raw("\":");
  }

  private static boolean isZero(ProtoReader in, Field field) {
    return switch (field.kind()) {
      case TEXT, BYTES -> in.length() == 0;
      case NUMBER, LONG, BOOL, ENUM -> in.varint() == 0;
      case FIXED_LONG, DOUBLE -> in.fixed64() == 0;
      case FIXED_NUMBER -> in.fixed32() == 0;
      case MESSAGE -> false;
    };
  }

  private void value(ProtoReader in, Field field) {
    switch (field.kind()) {
      case TEXT -> {
        int n = in.length();
        out.htmlText(in.array(), in.position(), n);
        in.position(in.position() + n);
      }
      case BYTES -> out.raw('"').raw(Base64.getEncoder().encode(in.bytes())).raw('"');
      case NUMBER -> out.number(in.varint() & 0xffffffffL);
      case FIXED_NUMBER -> out.number(in.fixed32() & 0xffffffffL);
      case LONG -> out.raw('"').number(in.varint()).raw('"');
      case FIXED_LONG -> out.raw('"').raw(Long.toUnsignedString(in.fixed64())).raw('"');
      case DOUBLE -> decimal(out, in.float64());
      case BOOL -> out.raw(in.varint() != 0 ? "true" : "false");
      case ENUM -> {
        long code = in.varint();
        if (code >= 0 && code < field.names().size()) {
          out.raw('"').raw(field.names().get((int) code)).raw('"');
        } else {
          out.number(code);
        }
      }
      case MESSAGE -> {
        int outer = in.enter();
        message(in, field.message());
        in.leave(outer);
      }
    }
  }

  /// A number; what JSON has no number for as a string.
  static void decimal(JsonBuffer out, double value) {
    if (Double.isNaN(value)) {
      out.raw("\"NaN\"");
    } else if (Double.isInfinite(value)) {
      out.raw(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    } else {
      out.number(value);
    }
  }
}
