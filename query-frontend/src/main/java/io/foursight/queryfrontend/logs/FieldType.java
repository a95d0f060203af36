package io.foursight.queryfrontend.logs;

import java.util.Locale;
import java.util.regex.Pattern;

/// What a field's values look like.
enum FieldType {
  INT,
  FLOAT,
  BOOLEAN,
  DURATION,
  BYTES,
  STRING;

  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,30}");
  private static final Pattern NUMBER =
      Pattern.compile(
          "[+-]?(([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?|[iI]nf(inity)?|[nN]a[nN]|INF(INITY)?|NAN)");
  private static final Pattern TRUTH = Pattern.compile("t|T|TRUE|true|True|f|F|FALSE|false|False");
  private static final Pattern TIME =
      Pattern.compile("[+-]?(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+");
  private static final Pattern SIZE =
      Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+) ?([kmgtpe]i?b?|b)", Pattern.CASE_INSENSITIVE);

  static FieldType of(String value) {
    if (value.length() > 64) {
      return STRING;
    }
    if (WHOLE.matcher(value).matches() && isLong(value)) {
      return INT;
    }
    if (NUMBER.matcher(value).matches()) {
      return FLOAT;
    }
    if (TRUTH.matcher(value).matches()) {
      return BOOLEAN;
    }
    if (TIME.matcher(value).matches()) {
      return DURATION;
    }
    return SIZE.matcher(value).matches() ? BYTES : STRING;
  }

  private static boolean isLong(String digits) {
    try {
      Long.parseLong(digits);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /// The type of a field that has values of both.
  FieldType with(FieldType other) {
    if (this == other) {
      return this;
    }
    boolean numbers = (this == INT || this == FLOAT) && (other == INT || other == FLOAT);
    return numbers ? FLOAT : STRING;
  }

  String documented() {
    return name().toLowerCase(Locale.ROOT);
  }
}
