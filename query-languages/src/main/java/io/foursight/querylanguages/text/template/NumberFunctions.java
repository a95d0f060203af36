package io.foursight.querylanguages.text.template;

import io.foursight.querylanguages.text.GoByteSizes;
import io.foursight.querylanguages.text.GoDurations;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

/// Arithmetic of sprig: whole numbers by `add`, decimals by `addf`; texts are converted, and are 0
/// when they are no numbers.
final class NumberFunctions {
  private static final int DIVISION_DIGITS = 16;

  private NumberFunctions() {}

  static void addTo(Functions f) {
    f.add("int", 1, a -> a.toLong(0));
    f.add("float64", 1, a -> a.toDouble(0));
    f.addVariadic("add", 0, a -> a.size() == 0 ? 0L : whole(a, Long::sum));
    f.add("sub", 2, a -> a.toLong(0) - a.toLong(1));
    f.addVariadic("mul", 1, a -> whole(a, (x, y) -> x * y));
    f.add("div", 2, a -> divide(a, false));
    f.add("mod", 2, a -> divide(a, true));
    f.addVariadic("max", 1, a -> whole(a, Math::max));
    f.addVariadic("min", 1, a -> whole(a, Math::min));
    f.addVariadic("addf", 0, a -> a.size() == 0 ? 0.0 : decimal(a, BigDecimal::add));
    f.addVariadic("subf", 1, a -> decimal(a, BigDecimal::subtract));
    f.addVariadic("mulf", 1, a -> decimal(a, BigDecimal::multiply));
    f.addVariadic(
        "divf", 1, a -> decimal(a, (x, y) -> x.divide(y, DIVISION_DIGITS, RoundingMode.HALF_UP)));
    f.addVariadic("maxf", 1, a -> real(a, Math::max));
    f.addVariadic("minf", 1, a -> real(a, Math::min));
    f.add("ceil", 1, a -> Math.ceil(a.toDouble(0)));
    f.add("floor", 1, a -> Math.floor(a.toDouble(0)));
    f.addVariadic("round", 2, NumberFunctions::round);
    f.add("bytes", 1, NumberFunctions::bytes);
    f.add("duration", 1, NumberFunctions::seconds);
    f.add("duration_seconds", 1, NumberFunctions::seconds);
  }

  private static Object whole(Args a, LongBinaryOperator op) {
    long value = a.toLong(0);
    for (int i = 1; i < a.size(); i++) {
      value = op.applyAsLong(value, a.toLong(i));
    }
    return value;
  }

  private static Object divide(Args a, boolean remainder) {
    if (a.toLong(1) == 0) {
      throw a.failed("runtime error: integer divide by zero");
    }
    return remainder ? a.toLong(0) % a.toLong(1) : a.toLong(0) / a.toLong(1);
  }

  private static Object real(Args a, DoubleBinaryOperator op) {
    double value = a.toDouble(0);
    for (int i = 1; i < a.size(); i++) {
      value = op.applyAsDouble(value, a.toDouble(i));
    }
    return value;
  }

  private static Object decimal(Args a, BinaryOperator<BigDecimal> op) {
    BigDecimal value = decimal(a, 0);
    for (int i = 1; i < a.size(); i++) {
      value = op.apply(value, decimal(a, i));
    }
    return value.doubleValue();
  }

  private static BigDecimal decimal(Args a, int i) {
    double d = a.toDouble(i);
    if (!Double.isFinite(d)) {
      throw a.failed("cannot create a Decimal from " + Values.print(d));
    }
    return new BigDecimal(Double.toString(d));
  }

  /// To so many places; up from `.5`, or from what the third argument says.
  private static Object round(Args a) {
    double from = a.size() > 2 ? a.toDouble(2) : 0.5;
    double power = Math.pow(10, a.toDouble(1));
    double digit = power * a.toDouble(0);
    double whole = digit < 0 ? Math.ceil(digit) : Math.floor(digit);
    double rounded = digit - whole >= from ? Math.ceil(digit) : Math.floor(digit);
    return rounded / power;
  }

  private static Object bytes(Args a) {
    String text = a.text(0);
    var size = GoByteSizes.parse(text);
    if (size.isEmpty()) {
      throw a.failed(GoByteSizes.problem(text));
    }
    return (double) size.getAsLong();
  }

  private static Object seconds(Args a) {
    String text = a.text(0);
    var nanos = GoDurations.parseGo(text);
    if (nanos.isEmpty()) {
      throw a.failed(GoDurations.problemGo(text));
    }
    return GoDurations.seconds(nanos.getAsLong());
  }
}
