package io.foursight.wire.connect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.foursight.model.FoursightException;
import io.foursight.wire.connect.MessageSchema.Field;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Reads messages from JSON into protobuf: names as in the definition or in lowerCamelCase,
/// integers and doubles as numbers or strings, enums by name or number, `null` is absent, unknown
/// names are passed over, and so are unknown names of enums, which a newer client may have.
///
/// Stateless; safe from any thread. Errors: `BAD_DATA` with line and column.
public final class MessageReader {
  private static final int MAX_DEPTH = 64;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private MessageReader() {}

  /// @return the message as protobuf
  public static byte[] read(byte[] json, MessageSchema schema) {
    var out = new ProtoWriter(json.length + 16);
    try (JsonParser in = FACTORY.createParser(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw error(in, "expected an object");
      }
      message(in, schema, out);
      if (in.nextToken() != null) {
        throw error(in, "unexpected content behind the object");
      }
    } catch (IOException e) {
      throw FoursightException.badData("malformed JSON: " + firstLine(e));
    }
    return out.toByteArray();
  }

  private static String firstLine(IOException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  private static FoursightException error(JsonParser in, String what) {
    var at = in.currentTokenLocation();
    return FoursightException.badData(
        "malformed JSON at line " + at.getLineNr() + ", column " + at.getColumnNr() + ": " + what);
  }

  private static void message(JsonParser in, MessageSchema schema, ProtoWriter out)
      throws IOException {
    while (in.nextToken() != JsonToken.END_OBJECT) {
      Field field = schema.byName(in.currentName());
      JsonToken token = in.nextToken();
      if (field == null) {
        in.skipChildren();
      } else if (token == JsonToken.VALUE_NULL) {
        continue;
      } else if (field.repeated()) {
        if (token != JsonToken.START_ARRAY) {
          throw error(in, "expected an array for \"" + field.json() + '"');
        }
        while (in.nextToken() != JsonToken.END_ARRAY) {
          value(in, field, out);
        }
      } else {
        value(in, field, out);
      }
    }
  }

  private static void value(JsonParser in, Field field, ProtoWriter out) throws IOException {
    int number = field.number();
    switch (field.kind()) {
      case TEXT -> text(in, field, out);
      case BYTES -> {
        expect(in, field, JsonToken.VALUE_STRING);
        out.bytes(number, base64(in, field));
      }
      case NUMBER, LONG, UNSIGNED -> varint(out, number, integer(in, field));
      case DOUBLE -> {
        out.rawVarint(ProtoReader.tagOf(number, ProtoReader.FIXED64));
        out.fixed64(Double.doubleToRawLongBits(decimal(in, field)));
      }
      case BOOL -> {
        if (in.currentToken() != JsonToken.VALUE_TRUE
            && in.currentToken() != JsonToken.VALUE_FALSE) {
          throw error(in, "expected true or false for \"" + field.json() + '"');
        }
        varint(out, number, in.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0);
      }
      case ENUM -> {
        long code =
            in.currentToken() == JsonToken.VALUE_STRING
                ? field.names().indexOf(in.getText())
                : integer(in, field);
        if (code >= 0) {
          varint(out, number, code);
        }
      }
      case MESSAGE -> {
        expect(in, field, JsonToken.START_OBJECT);
        int mark = out.begin(number);
        message(in, field.message(), out);
        out.end(mark);
      }
    }
  }

  private static void text(JsonParser in, Field field, ProtoWriter out) throws IOException {
    expect(in, field, JsonToken.VALUE_STRING);
    out.bytes(field.number(), in.getText().getBytes(StandardCharsets.UTF_8));
  }

  /// Zeros too: a field may be there with that value.
  private static void varint(ProtoWriter out, int number, long value) {
    out.rawVarint(ProtoReader.tagOf(number, ProtoReader.VARINT));
    out.rawVarint(value);
  }

  private static void expect(JsonParser in, Field field, JsonToken token) {
    if (in.currentToken() != token) {
      String what = token == JsonToken.START_OBJECT ? "an object" : "a string";
      throw error(in, "expected " + what + " for \"" + field.json() + '"');
    }
  }

  private static byte[] base64(JsonParser in, Field field) throws IOException {
    String text = in.getText().replace('-', '+').replace('_', '/');
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw error(in, "invalid base64 for \"" + field.json() + "\": " + e.getMessage());
    }
  }

  private static long integer(JsonParser in, Field field) throws IOException {
    String text =
        switch (in.currentToken()) {
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING -> in.getText();
          default -> throw error(in, "expected a number for \"" + field.json() + '"');
        };
    try {
      if (text.length() <= 40) {
        var value = new BigDecimal(text);
        if (value.scale() > -40) {
          var whole = value.toBigIntegerExact();
          if (whole.bitLength() <= 63
              || field.kind() == MessageSchema.Kind.UNSIGNED
                  && whole.signum() > 0
                  && whole.bitLength() == 64) {
            return whole.longValue();
          }
        }
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // Said below.
    }
    throw error(in, "invalid integer " + shown(text) + " for \"" + field.json() + '"');
  }

  private static double decimal(JsonParser in, Field field) throws IOException {
    String text =
        switch (in.currentToken()) {
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING -> in.getText();
          default -> throw error(in, "expected a number for \"" + field.json() + '"');
        };
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw error(in, "invalid number " + shown(text) + " for \"" + field.json() + '"');
    }
  }

  private static String shown(String text) {
    return text.length() > 50 ? text.substring(0, 50) + "..." : text;
  }
}
