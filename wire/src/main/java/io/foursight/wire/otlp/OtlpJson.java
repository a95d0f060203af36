package io.foursight.wire.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Reads OTLP/JSON of any signal into the generated message classes. It is protobuf JSON with these
/// differences and freedoms: trace and span ids are hex, 64-bit integers are strings or numbers,
/// enums are numbers or names, keys are lowerCamelCase (or the proto names), unknown keys are
/// ignored, null is absent.
///
/// Safe from any thread. Errors: `BAD_DATA` with line and column. Follows the OTLP specification
/// 1.x, "JSON Protobuf Encoding".
public final class OtlpJson {
  private static final int MAX_DEPTH = 128;
  private static final Set<String> HEX_FIELDS =
      Set.of("trace_id", "span_id", "parent_span_id", "profile_id");

  private final JsonFactory factory =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();
  private final Map<Descriptor, Map<String, FieldDescriptor>> fields = new ConcurrentHashMap<>();

  /// Merges the JSON object into a builder.
  public void read(byte[] json, Message.Builder into) {
    try (JsonParser parser = factory.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw error(parser, "expected an object");
      }
      message(parser, into);
      if (parser.nextToken() != null) {
        throw error(parser, "unexpected content behind the object");
      }
    } catch (IOException e) {
      throw FoursightException.badData("malformed OTLP JSON: " + firstLine(e.getMessage()));
    }
  }

  private void message(JsonParser parser, Message.Builder into) throws IOException {
    Map<String, FieldDescriptor> byName =
        fields.computeIfAbsent(into.getDescriptorForType(), OtlpJson::names);
    for (var token = parser.nextToken();
        token != JsonToken.END_OBJECT;
        token = parser.nextToken()) {
      FieldDescriptor field = byName.get(parser.currentName());
      JsonToken value = parser.nextToken();
      if (field == null) {
        parser.skipChildren();
      } else if (value == JsonToken.VALUE_NULL) {
        continue;
      } else if (field.isRepeated()) {
        if (value != JsonToken.START_ARRAY) {
          throw error(parser, "expected an array for \"" + field.getJsonName() + "\"");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          into.addRepeatedField(field, value(parser, field, into));
        }
      } else {
        into.setField(field, value(parser, field, into));
      }
    }
  }

  private Object value(JsonParser parser, FieldDescriptor field, Message.Builder parent)
      throws IOException {
    return switch (field.getJavaType()) {
      case MESSAGE -> {
        if (!parser.isExpectedStartObjectToken()) {
          throw error(parser, "expected an object for \"" + field.getJsonName() + "\"");
        }
        Message.Builder child = parent.newBuilderForField(field);
        message(parser, child);
        yield child.build();
      }
      case STRING -> {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
          throw error(parser, "expected a string for \"" + field.getJsonName() + "\"");
        }
        yield parser.getText();
      }
      case BYTE_STRING -> bytes(parser, field);
      case LONG -> integer(parser, field);
      case INT -> (int) integer(parser, field);
      case DOUBLE -> decimal(parser, field);
      case FLOAT -> (float) decimal(parser, field);
      case BOOLEAN -> {
        if (!parser.currentToken().isBoolean()) {
          throw error(parser, "expected true or false for \"" + field.getJsonName() + "\"");
        }
        yield parser.getBooleanValue();
      }
      case ENUM -> enumValue(parser, field);
    };
  }

  private static ByteString bytes(JsonParser parser, FieldDescriptor field) throws IOException {
    String text = scalar(parser, field);
    try {
      return ByteString.copyFrom(
          HEX_FIELDS.contains(field.getName())
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw error(
          parser, "\"" + field.getJsonName() + "\" does not decode: " + firstLine(e.getMessage()));
    }
  }

  private static long integer(JsonParser parser, FieldDescriptor field) throws IOException {
    String text = scalar(parser, field);
    try {
      boolean unsigned =
          field.getType() == FieldDescriptor.Type.UINT64
              || field.getType() == FieldDescriptor.Type.FIXED64;
      boolean plain = text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '-');
      if (plain) {
        return unsigned ? Long.parseUnsignedLong(text) : Long.parseLong(text);
      }
      // 1e9 and 12.0 are integers too.
      var number = new BigDecimal(text);
      if (number.precision() - number.scale() > 20) {
        throw new NumberFormatException("out of range");
      }
      return number.longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw error(
          parser, "\"" + field.getJsonName() + "\" is not a 64-bit integer: \"" + cut(text) + "\"");
    }
  }

  private static double decimal(JsonParser parser, FieldDescriptor field) throws IOException {
    String text = scalar(parser, field);
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException e) {
          throw error(
              parser, "\"" + field.getJsonName() + "\" is not a number: \"" + cut(text) + "\"");
        }
      }
    };
  }

  private static EnumValueDescriptor enumValue(JsonParser parser, FieldDescriptor field)
      throws IOException {
    String text = scalar(parser, field);
    EnumValueDescriptor byName = field.getEnumType().findValueByName(text);
    if (byName != null) {
      return byName;
    }
    try {
      return field.getEnumType().findValueByNumberCreatingIfUnknown(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw error(
          parser, "\"" + field.getJsonName() + "\" has no value named \"" + cut(text) + "\"");
    }
  }

  private static String scalar(JsonParser parser, FieldDescriptor field) throws IOException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
      throw error(parser, "expected a string or a number for \"" + field.getJsonName() + "\"");
    }
    return parser.getText();
  }

  private static Map<String, FieldDescriptor> names(Descriptor type) {
    Map<String, FieldDescriptor> byName = new HashMap<>();
    for (FieldDescriptor field : type.getFields()) {
      byName.put(field.getName(), field);
      byName.put(field.getJsonName(), field);
    }
    return byName;
  }

  private static FoursightException error(JsonParser parser, String what) {
    var at = parser.currentTokenLocation();
    return FoursightException.badData(
        "malformed OTLP JSON at line "
            + at.getLineNr()
            + ", column "
            + at.getColumnNr()
            + ": "
            + what);
  }

  private static String firstLine(String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(100, text.length()));
  }

  static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }
}
