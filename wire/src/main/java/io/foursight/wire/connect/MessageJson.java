package io.foursight.wire.connect;

import io.foursight.wire.connect.MessageSchema.Field;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.Base64;

/// Writes protobuf messages as JSON: names in lowerCamelCase, 64-bit integers and what is no number
/// as strings, enums by name, what is not on the wire left out. Fields come in the order of the
/// wire, where values of a repeated field must be one behind the other. Unknown fields are left
/// out. Stateless; safe from any thread. Malformed messages are `BAD_DATA`.
public final class MessageJson {
  private MessageJson() {}

  public static byte[] write(byte[] message, MessageSchema schema) {
    var out = new JsonBuffer();
    message(new ProtoReader(message), schema, out);
    return out.toByteArray();
  }

  private static void message(ProtoReader in, MessageSchema schema, JsonBuffer out) {
    out.raw('{');
    int open = 0;
    boolean first = true;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      Field field = schema.byNumber(tag >>> 3);
      if (field == null) {
        in.skip(tag);
        continue;
      }
      if (field.number() == open) {
        out.raw(',');
      } else {
        if (open != 0) {
          out.raw(']');
        }
        out.raw(first ? "\"" : ",\"").raw(field.json()).raw("\":");
        first = false;
        open = field.repeated() ? field.number() : 0;
        if (open != 0) {
          out.raw('[');
        }
      }
      if (field.repeated() && (tag & 7) == ProtoReader.BYTES && isPackable(field)) {
        packed(in, field, out);
      } else {
        value(in, tag, field, out);
      }
    }
    out.raw(open != 0 ? "]}" : "}");
  }

  private static boolean isPackable(Field field) {
    return switch (field.kind()) {
      case TEXT, BYTES, MESSAGE -> false;
      case NUMBER, LONG, UNSIGNED, DOUBLE, BOOL, ENUM -> true;
    };
  }

  private static void packed(ProtoReader in, Field field, JsonBuffer out) {
    int outer = in.enter();
    int tag =
        ProtoReader.tagOf(
            field.number(),
            field.kind() == MessageSchema.Kind.DOUBLE ? ProtoReader.FIXED64 : ProtoReader.VARINT);
    boolean first = true;
    while (!in.atEnd()) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      value(in, tag, field, out);
    }
    in.leave(outer);
  }

  private static void value(ProtoReader in, int tag, Field field, JsonBuffer out) {
    int wire =
        switch (field.kind()) {
          case TEXT, BYTES, MESSAGE -> ProtoReader.BYTES;
          case DOUBLE -> ProtoReader.FIXED64;
          case NUMBER, LONG, UNSIGNED, BOOL, ENUM -> ProtoReader.VARINT;
        };
    if ((tag & 7) != wire) {
      throw in.error("field " + field.json() + " has wire type " + (tag & 7), in.position());
    }
    switch (field.kind()) {
      case TEXT -> out.text(in.string());
      case BYTES -> out.raw('"').raw(Base64.getEncoder().encode(in.bytes())).raw('"');
      case NUMBER -> out.number((int) in.varint());
      case LONG -> out.raw('"').number(in.varint()).raw('"');
      case UNSIGNED -> out.raw('"').raw(Long.toUnsignedString(in.varint())).raw('"');
      case DOUBLE -> decimal(in.float64(), out);
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
        message(in, field.message(), out);
        in.leave(outer);
      }
    }
  }

  private static void decimal(double value, JsonBuffer out) {
    if (Double.isNaN(value)) {
      out.raw("\"NaN\"");
    } else if (Double.isInfinite(value)) {
      out.raw(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    } else {
      out.number(value);
    }
  }
}
