package io.foursight.wire.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;

/// Text forms of OTLP values: attributes as label values, numbers as `le` and `quantile`.
final class OtlpValues {
  private static final int MAX_DEPTH = 64;

  private OtlpValues() {}

  /// A value as the text of a label: strings bare, arrays and maps as JSON, bytes as Base64.
  static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case VALUE_NOT_SET -> "";
      case BYTES_VALUE -> Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray());
      default -> {
        var out = new StringBuilder();
        json(value, out, 0);
        yield out.toString();
      }
    };
  }

  private static void json(AnyValue value, StringBuilder out, int depth) {
    if (depth > MAX_DEPTH) {
      out.append("null");
      return;
    }
    switch (value.getValueCase()) {
      case STRING_VALUE -> quote(value.getStringValue(), out);
      case BOOL_VALUE -> out.append(value.getBoolValue());
      case INT_VALUE -> out.append(value.getIntValue());
      case DOUBLE_VALUE -> out.append(number(value.getDoubleValue()));
      case BYTES_VALUE ->
          quote(Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray()), out);
      case ARRAY_VALUE -> {
        out.append('[');
        List<AnyValue> all = value.getArrayValue().getValuesList();
        for (int i = 0; i < all.size(); i++) {
          out.append(i > 0 ? "," : "");
          json(all.get(i), out, depth + 1);
        }
        out.append(']');
      }
      case KVLIST_VALUE -> {
        out.append('{');
        List<KeyValue> all =
            value.getKvlistValue().getValuesList().stream()
                .sorted((a, b) -> a.getKey().compareTo(b.getKey()))
                .toList();
        for (int i = 0; i < all.size(); i++) {
          out.append(i > 0 ? "," : "");
          quote(all.get(i).getKey(), out);
          out.append(':');
          json(all.get(i).getValue(), out, depth + 1);
        }
        out.append('}');
      }
      default -> out.append("null");
    }
  }

  static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /// A double as JSON numbers are written: plain from 1e-6 up to 1e21, else with an exponent.
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-6 || size >= 1e21)) {
      String[] parts = Double.toString(value).split("E");
      String digits =
          parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
      int exponent = Integer.parseInt(parts[1]);
      return digits
          + (exponent < 0 ? "e-" : "e+")
          + (Math.abs(exponent) < 10 ? "0" : "")
          + Math.abs(exponent);
    }
    return plain(value);
  }

  /// A double without an exponent, in as few digits as identify it.
  static String plain(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return special(value);
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    String text = new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    return text;
  }

  private static String special(double value) {
    return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }
}
