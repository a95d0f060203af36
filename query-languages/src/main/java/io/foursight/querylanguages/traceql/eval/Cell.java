package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanTexts;
import io.foursight.model.traces.SpanValue;
import java.util.ArrayList;

/// The values that an expression has for one span, overwritten for the next: none, one, or the
/// elements of an array, or one for each event or link. Types are those of [SpanColumn] and two
/// more.
final class Cell {
  static final byte STATUS = 7;
  static final byte KIND = 8;

  private SpanColumn column;
  private int start;
  private int count;
  private boolean array;
  private byte type;
  private long number;
  private String text;

  void clear() {
    column = null;
    count = 0;
    array = false;
  }

  void set(byte newType, long newNumber) {
    column = null;
    count = 1;
    array = false;
    type = newType;
    number = newNumber;
  }

  void set(double value) {
    set(SpanColumn.DOUBLE, Double.doubleToRawLongBits(value));
  }

  void set(boolean value) {
    set(SpanColumn.BOOL, value ? 1 : 0);
  }

  void set(String value) {
    set(SpanColumn.TEXT, 0);
    text = value;
  }

  void set(SpanColumn newColumn, int row, boolean mayBeArray) {
    column = newColumn;
    start = newColumn.start(row);
    count = newColumn.end(row) - start;
    array = mayBeArray && newColumn.isArray(row);
  }

  int count() {
    return count;
  }

  boolean isArray() {
    return array;
  }

  boolean isAbsent() {
    return count == 0 && !array;
  }

  byte type(int i) {
    return column == null ? type : column.types()[start + i];
  }

  long number(int i) {
    return column == null ? number : column.numbers()[start + i];
  }

  double decimal(int i) {
    return type(i) == SpanColumn.DOUBLE ? Double.longBitsToDouble(number(i)) : number(i);
  }

  boolean isNumber(int i) {
    byte t = type(i);
    return t == SpanColumn.INT || t == SpanColumn.DOUBLE || t == SpanColumn.DURATION;
  }

  String text(int i) {
    return column == null ? text : column.text(start + i);
  }

  /// What codes of texts refer to; none when the text is not of a column.
  SpanTexts texts() {
    return column == null ? SpanTexts.NONE : column.texts();
  }

  boolean isTrue() {
    return count == 1 && !array && type(0) == SpanColumn.BOOL && number(0) != 0;
  }

  SpanValue value(int i) {
    return switch (type(i)) {
      case SpanColumn.TEXT -> new SpanValue.Text(text(i));
      case SpanColumn.INT -> new SpanValue.Int(number(i));
      case SpanColumn.DOUBLE -> new SpanValue.Decimal(decimal(i));
      case SpanColumn.BOOL -> new SpanValue.Bool(number(i) != 0);
      case SpanColumn.DURATION -> new SpanValue.Duration(number(i));
      case STATUS -> new SpanValue.Status((int) number(i));
      case KIND -> new SpanValue.Kind((int) number(i));
      default -> new SpanValue.Nil();
    };
  }

  /// The one value, the array, or nil.
  SpanValue value() {
    if (!array) {
      return count == 0 ? new SpanValue.Nil() : value(0);
    }
    var values = new ArrayList<SpanValue>(count);
    for (int i = 0; i < count; i++) {
      values.add(value(i));
    }
    return new SpanValue.Many(values);
  }
}
