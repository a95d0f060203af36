package io.foursight.querylanguages.promql.eval;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.querylanguages.promql.ast.BinaryOperator;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.histogram.HistogramMath;
import io.foursight.querylanguages.promql.series.AnnotationSink;
import io.foursight.querylanguages.promql.series.StepSeries;

/// A binary operator between two elements. The result of the last application is in the fields: a
/// float or a histogram, and what is to be said of it. Reused; owned by one thread.
final class BinaryElement {
  /// What a query's user is told about an application.
  record Note(boolean warning, String text) {
    void addTo(AnnotationSink annotations, Expr.Binary expr) {
      if (warning) {
        annotations.warn(text, expr.position());
      } else {
        annotations.info(text, expr.position());
      }
    }
  }

  private final BinaryOperator operator;
  double value;
  NativeHistogram histogram;

  /// Null when there is nothing to say.
  Note note;

  BinaryElement(BinaryOperator operator) {
    this.operator = operator;
  }

  static double arithmetic(BinaryOperator operator, double l, double r) {
    return switch (operator) {
      case ADD -> l + r;
      case SUBTRACT -> l - r;
      case MULTIPLY -> l * r;
      case DIVIDE -> l / r;
      case MODULO -> l % r;
      case POWER -> power(l, r);
      case ATAN2 -> Math.atan2(l, r);
      case OR, AND, UNLESS, EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL ->
          throw new IllegalArgumentException("not arithmetic: " + operator);
      case TRIM_UPPER, TRIM_LOWER ->
          throw new IllegalArgumentException("not arithmetic: " + operator);
    };
  }

  /// IEEE 754's pow: 1 to any power and -1 to an infinite one are 1.
  private static double power(double l, double r) {
    if (l == 1 || (l == -1 && Double.isInfinite(r))) {
      return 1;
    }
    return Math.pow(l, r);
  }

  static boolean compare(BinaryOperator operator, double l, double r) {
    return switch (operator) {
      case EQUAL -> l == r;
      case NOT_EQUAL -> l != r;
      case LESS -> l < r;
      case LESS_EQUAL -> l <= r;
      case GREATER -> l > r;
      case GREATER_EQUAL -> l >= r;
      case OR, AND, UNLESS, ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER, ATAN2 ->
          throw new IllegalArgumentException("not a comparison: " + operator);
      case TRIM_UPPER, TRIM_LOWER ->
          throw new IllegalArgumentException("not a comparison: " + operator);
    };
  }

  static void negate(StepSeries series) {
    for (int step = 0; step < series.steps(); step++) {
      if (series.isFloat(step)) {
        series.set(step, -series.value(step));
      } else if (series.isHistogram(step)) {
        series.set(step, HistogramMath.multiply(series.histogram(step).orElseThrow(), -1));
      }
    }
  }

  /// Applies the operator. `l` and `r` count where the histogram of that side is null.
  ///
  /// @return whether the element is kept (a comparison that held, or arithmetic with a result)
  ///   before `bool` is looked at; a combination without a result is `ABSENT` in `value` with a
  ///   null `histogram`, and `note` says why
  boolean apply(double l, NativeHistogram lh, double r, NativeHistogram rh) {
    histogram = null;
    value = StepSeries.ABSENT;
    note = null;
    if (lh == null && rh == null) {
      return floats(l, r);
    }
    if (lh != null && rh != null) {
      return both(lh, rh);
    }
    return lh == null ? floatHistogram(l, rh) : histogramFloat(lh, r);
  }

  private boolean floats(double l, double r) {
    if (operator.isComparison()) {
      value = l;
      return compare(operator, l, r);
    }
    if (operator.kind() == BinaryOperator.Kind.TRIM) {
      return incompatible("float", "float");
    }
    value = arithmetic(operator, l, r);
    return true;
  }

  private boolean both(NativeHistogram l, NativeHistogram r) {
    switch (operator) {
      case ADD, SUBTRACT -> {
        boolean add = operator == BinaryOperator.ADD;
        var result = add ? HistogramMath.add(l, r) : HistogramMath.subtract(l, r);
        if (result.isEmpty()) {
          note =
              new Note(
                  true,
                  "incompatible bucket layout encountered for binary operator "
                      + operator.symbol());
          return false;
        }
        String what = add ? "addition" : "subtraction";
        if (result.get().collision()) {
          note = new Note(true, "conflicting counter resets during histogram " + what);
          return false;
        }
        if (result.get().reconciled()) {
          note = new Note(false, "mismatched custom buckets were reconciled during " + what);
        }
        histogram = result.get().histogram();
        return true;
      }
      case EQUAL -> {
        histogram = l;
        return HistogramMath.equal(l, r);
      }
      case NOT_EQUAL -> {
        histogram = l;
        return !HistogramMath.equal(l, r);
      }
      default -> {
        return incompatible("histogram", "histogram");
      }
    }
  }

  private boolean floatHistogram(double l, NativeHistogram r) {
    if (operator == BinaryOperator.MULTIPLY) {
      histogram = HistogramMath.multiply(r, l);
      return true;
    }
    return incompatible("float", "histogram");
  }

  private boolean histogramFloat(NativeHistogram l, double r) {
    switch (operator) {
      case MULTIPLY -> histogram = HistogramMath.multiply(l, r);
      case DIVIDE -> histogram = HistogramMath.divide(l, r);
      case TRIM_UPPER -> histogram = HistogramMath.trim(l, r, true);
      case TRIM_LOWER -> histogram = HistogramMath.trim(l, r, false);
      default -> {
        return incompatible("histogram", "float");
      }
    }
    return true;
  }

  private boolean incompatible(String left, String right) {
    note =
        new Note(
            false,
            "incompatible sample types encountered for binary operator \""
                + operator.symbol()
                + "\": "
                + left
                + " "
                + operator.symbol()
                + " "
                + right);
    return false;
  }

  /// Whether the last application had a result, held or not.
  boolean hasResult() {
    return histogram != null || !StepSeries.isAbsent(value);
  }
}
