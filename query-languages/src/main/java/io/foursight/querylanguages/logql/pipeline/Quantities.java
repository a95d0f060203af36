package io.foursight.querylanguages.logql.pipeline;

import io.foursight.querylanguages.logql.ast.LabelFilter.Quantity.Unit;
import io.foursight.querylanguages.text.GoByteSizes;
import io.foursight.querylanguages.text.GoDurations;
import io.foursight.querylanguages.text.GoFloats;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/// Reads numbers, durations and byte sizes out of label values. Plain decimal numbers are read
/// without making a String. Owned by one run.
final class Quantities {
  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  /// What was read; for durations nanoseconds.
  double value;

  /// What is wrong, after a refusal.
  String problem = "";

  /// Whether the text is a quantity.
  boolean read(Unit unit, byte[] b, int offset, int length) {
    if (unit == Unit.NUMBER && decimal(b, offset, length)) {
      return true;
    }
    String text = new String(b, offset, length, StandardCharsets.UTF_8);
    return switch (unit) {
      case NUMBER -> number(text);
      case DURATION -> whole(GoDurations.parseGo(text)) || fail(GoDurations.problemGo(text));
      case BYTES -> whole(GoByteSizes.parse(text)) || fail(GoByteSizes.problem(text));
    };
  }

  private boolean number(String text) {
    value = GoFloats.parse(text);
    return !Double.isNaN(value) || text.equalsIgnoreCase("nan") || fail(GoFloats.problem(text));
  }

  private boolean whole(OptionalLong parsed) {
    value = parsed.orElse(0);
    return parsed.isPresent();
  }

  private boolean fail(String what) {
    problem = what;
    return false;
  }

  /// At most 15 digits, a sign, a point: exact by one division.
  private boolean decimal(byte[] b, int offset, int length) {
    int i = offset;
    int end = offset + length;
    boolean negative = i < end && b[i] == '-';
    i += negative ? 1 : 0;
    long digits = 0;
    int count = 0;
    int point = -1;
    for (; i < end; i++) {
      byte c = b[i];
      if (c == '.' && point < 0) {
        point = count;
      } else if (c >= '0' && c <= '9' && count < 15) {
        digits = digits * 10 + (c - '0');
        count++;
      } else {
        return false;
      }
    }
    if (count == 0) {
      return false;
    }
    double magnitude = point < 0 ? digits : digits / POWERS[count - point];
    value = negative ? -magnitude : magnitude;
    return true;
  }
}
