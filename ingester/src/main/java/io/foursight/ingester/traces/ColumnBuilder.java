package io.foursight.ingester.traces;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanTexts;
import java.util.Arrays;

/// Collects the values of one field, row by row. Equal texts share a code for as long as the last
/// of each length remembers them. Owned by one thread; for one column.
final class ColumnBuilder {
  private static final int MEMORY = 64;

  private final SpanField field;
  private int rows;
  private int values;
  private int[] ends = new int[64];
  private byte[] types = new byte[64];
  private long[] numbers = new long[64];
  private boolean[] arrays = {};
  private boolean anyArray;
  private boolean several;
  private byte[] text = new byte[512];
  private int[] textStarts = new int[64];
  private int texts;
  private final int[] recent = new int[MEMORY];

  ColumnBuilder(SpanField field) {
    this.field = field;
  }

  SpanField field() {
    return field;
  }

  void value(byte type, long number) {
    if (values == types.length) {
      types = Arrays.copyOf(types, 2 * values);
      numbers = Arrays.copyOf(numbers, 2 * values);
    }
    types[values] = type;
    numbers[values++] = number;
  }

  void text(byte[] from, int offset, int length) {
    value(SpanColumn.TEXT, code(from, offset, length));
  }

  private int code(byte[] from, int offset, int length) {
    int slot =
        length == 0
            ? 0
            : (31 * (31 * length + from[offset]) + from[offset + length - 1]) & MEMORY - 1;
    int known = recent[slot] - 1;
    if (known >= 0
        && Arrays.equals(
            text, textStarts[known], textStarts[known + 1], from, offset, offset + length)) {
      return known;
    }
    int at = textStarts[texts];
    if (text.length - at < length) {
      text = Arrays.copyOf(text, Math.max(2 * text.length, at + length));
    }
    System.arraycopy(from, offset, text, at, length);
    if (texts + 1 == textStarts.length) {
      textStarts = Arrays.copyOf(textStarts, 2 * textStarts.length);
    }
    textStarts[++texts] = at + length;
    recent[slot] = texts;
    return texts - 1;
  }

  /// The current row holds an array attribute.
  void array() {
    if (rows >= arrays.length) {
      arrays = Arrays.copyOf(arrays, Math.max(64, 2 * rows));
    }
    arrays[rows] = true;
    anyArray = true;
  }

  /// The current row is complete.
  void endRow() {
    if (rows == ends.length) {
      ends = Arrays.copyOf(ends, 2 * rows);
    }
    several |= values - (rows == 0 ? 0 : ends[rows - 1]) > 1;
    ends[rows++] = values;
  }

  /// The current row is as the one before.
  void repeatRow() {
    int from = rows < 2 ? 0 : ends[rows - 2];
    int to = ends[rows - 1];
    if (anyArray && rows - 1 < arrays.length && arrays[rows - 1]) {
      array();
    }
    for (int v = from; v < to; v++) {
      value(types[v], numbers[v]);
    }
    endRow();
  }

  /// Memory of what was collected, about.
  long sizeBytes() {
    return text.length + 9L * types.length + 5L * ends.length + 4L * textStarts.length;
  }

  /// What was collected; the builder is not of use any more.
  SpanColumn column() {
    var strings = new SpanTexts(text, textStarts, texts);
    boolean[] marks =
        anyArray ? (arrays.length < rows ? Arrays.copyOf(arrays, rows) : arrays) : new boolean[0];
    if (several) {
      return new SpanColumn(field, ends, types, numbers, strings, anyArray, marks);
    }
    var rowTypes = new byte[rows];
    var rowNumbers = new long[rows];
    int before = 0;
    for (int r = 0; r < rows; r++) {
      if (ends[r] > before) {
        rowTypes[r] = types[before];
        rowNumbers[r] = numbers[before];
        before = ends[r];
      }
    }
    return new SpanColumn(field, new int[0], rowTypes, rowNumbers, strings, anyArray, marks);
  }
}
