package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.querylanguages.traceql.ast.FieldOperator;

/// The kinds of values.
final class Values {
  private Values() {}

  static void constant(SpanValue value, Cell cell) {
    switch (value) {
      case SpanValue.Text(String v) -> cell.set(v);
      case SpanValue.Int(long v) -> cell.set(SpanColumn.INT, v);
      case SpanValue.Decimal(double v) -> cell.set(v);
      case SpanValue.Bool(boolean v) -> cell.set(v);
      case SpanValue.Duration(long v) -> cell.set(SpanColumn.DURATION, v);
      case SpanValue.Status(int v) -> cell.set(Cell.STATUS, v);
      case SpanValue.Kind(int v) -> cell.set(Cell.KIND, v);
      case SpanValue.Many _, SpanValue.Nil _ -> cell.clear();
    }
  }

  /// A column.
  ///
  /// @param single whether an array is told from several values
  static Value column(int column, boolean single) {
    return (rows, row, cell) -> cell.set(rows.page().columns().get(column), row, single);
  }

  /// A column of texts that are there even if empty.
  static Value text(int column) {
    return (rows, row, cell) -> {
      cell.set(rows.page().columns().get(column), row, false);
      if (cell.count() == 0) {
        cell.set("");
      }
    };
  }

  /// The first of two columns that has a value.
  static Value either(int first, int second) {
    return (rows, row, cell) -> {
      cell.set(rows.page().columns().get(first), row, true);
      if (cell.isAbsent()) {
        cell.set(rows.page().columns().get(second), row, true);
      }
    };
  }

  /// A text of the root span.
  static Value ofRoot(int column) {
    return (rows, row, cell) -> {
      int root = rows.shape().root();
      cell.clear();
      if (root >= 0) {
        cell.set(rows.page().columns().get(column), root, false);
      }
      if (cell.count() == 0 || cell.type(0) != SpanColumn.TEXT) {
        cell.set("");
      }
    };
  }

  static Value traceId() {
    return (rows, row, cell) ->
        cell.set(
            TraceId.hex(rows.page().traceHighs()[row]) + TraceId.hex(rows.page().traceLows()[row]));
  }

  static Value spanId() {
    return (rows, row, cell) -> cell.set(TraceId.hex(rows.page().spanIds()[row]));
  }

  static Value parentId() {
    return (rows, row, cell) -> {
      long parent = rows.page().parentIds()[row];
      cell.set(parent == 0 ? "" : TraceId.hex(parent));
    };
  }

  static Value negate(Value operand) {
    return (rows, row, cell) -> {
      operand.load(rows, row, cell);
      scalarOnly(cell, "-");
      if (cell.count() == 0 || !cell.isNumber(0)) {
        cell.clear();
      } else if (cell.type(0) == SpanColumn.DOUBLE) {
        cell.set(-cell.decimal(0));
      } else {
        cell.set(cell.type(0), -cell.number(0));
      }
    };
  }

  /// `!x`: only what is a truth value has an opposite.
  static Value not(Value operand) {
    return (rows, row, cell) -> {
      operand.load(rows, row, cell);
      if (cell.count() == 1 && !cell.isArray() && cell.type(0) == SpanColumn.BOOL) {
        cell.set(cell.number(0) == 0);
      } else {
        cell.clear();
      }
    };
  }

  static Value of(SpanTest test) {
    return (rows, row, cell) -> cell.set(test.test(rows, row));
  }

  /// Whole numbers stay whole; with a duration or a decimal on either side the result is decimal.
  static Value arithmetic(FieldOperator operator, Value left, Value right) {
    var l = new Cell();
    var r = new Cell();
    return (rows, row, cell) -> {
      left.load(rows, row, l);
      right.load(rows, row, r);
      scalarOnly(l, operator.text());
      scalarOnly(r, operator.text());
      if (l.count() == 0 || r.count() == 0 || !l.isNumber(0) || !r.isNumber(0)) {
        cell.clear();
      } else if (l.type(0) == SpanColumn.INT && r.type(0) == SpanColumn.INT) {
        cell.set(SpanColumn.INT, integers(operator, l.number(0), r.number(0)));
      } else {
        decimals(operator, l.decimal(0), r.decimal(0), cell);
      }
    };
  }

  private static void decimals(FieldOperator operator, double l, double r, Cell cell) {
    boolean divides = operator == FieldOperator.DIVIDE || operator == FieldOperator.MODULO;
    if (divides && r == 0) {
      cell.clear();
      return;
    }
    cell.set(
        switch (operator) {
          case ADD -> l + r;
          case SUBTRACT -> l - r;
          case MULTIPLY -> l * r;
          case DIVIDE -> l / r;
          case MODULO -> l % r;
          default -> Math.pow(l, r);
        });
  }

  static long integers(FieldOperator operator, long l, long r) {
    boolean divides = operator == FieldOperator.DIVIDE || operator == FieldOperator.MODULO;
    if (divides && r == 0) {
      throw new FoursightException(
          ErrorKind.EXECUTION, "integer division by zero: " + l + " " + operator.text() + " 0");
    }
    return switch (operator) {
      case ADD -> l + r;
      case SUBTRACT -> l - r;
      case MULTIPLY -> l * r;
      case DIVIDE -> l / r;
      case MODULO -> l % r;
      default -> (long) Math.pow(l, r);
    };
  }

  private static void scalarOnly(Cell cell, String operator) {
    if (cell.isArray()) {
      throw new FoursightException(
          ErrorKind.EXECUTION, "operator " + operator + " is not supported for array attributes");
    }
  }
}
