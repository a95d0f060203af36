package io.foursight.model.traces;

import java.util.Arrays;

/// Collects the values of one field, row by row. Rows with at most one value each are kept in the
/// short form of [SpanColumn] for as long as there are no others. Owned by one thread.
final class SpanColumnBuilder {
  private final SpanField field;
  private int rows;
  private boolean several;
  private int[] ends = {};
  private int values;
  private byte[] types = new byte[64];
  private long[] numbers = new long[64];
  private boolean mayBeArray;
  private boolean[] arrays = {};
  private byte[] text = new byte[256];
  private int[] textStarts = new int[64];
  private int texts;

  SpanColumnBuilder(SpanField field) {
    this.field = field;
  }

  /// What became of the text codes of another column; of one page of it and one page of ours.
  static final class Codes {
    private int[] ours = {};

    void clear(int size) {
      ours = new int[size];
    }
  }

  void add(SpanColumn from, int row, Codes codes) {
    int start = from.start(row);
    int end = from.end(row);
    if (!several && end - start > 1) {
      manyFromNow();
    }
    if (from.isArray(row) || mayBeArray) {
      markArray(from.isArray(row));
    }
    if (several) {
      for (int v = start; v < end; v++) {
        value(from, v, codes);
      }
      if (rows == ends.length) {
        ends = Arrays.copyOf(ends, Math.max(64, 2 * rows));
      }
      ends[rows] = values;
    } else if (end > start) {
      value(from, start, codes);
    } else {
      room();
      types[values++] = SpanColumn.ABSENT;
    }
    rows++;
  }

  private void markArray(boolean array) {
    mayBeArray = true;
    if (rows >= arrays.length) {
      arrays = Arrays.copyOf(arrays, Math.max(64, 2 * rows));
    }
    arrays[rows] = array;
  }

  private void manyFromNow() {
    several = true;
    ends = new int[Math.max(64, 2 * rows)];
    int kept = 0;
    for (int r = 0; r < rows; r++) {
      if (types[r] != SpanColumn.ABSENT) {
        types[kept] = types[r];
        numbers[kept++] = numbers[r];
      }
      ends[r] = kept;
    }
    values = kept;
  }

  private void room() {
    if (values == types.length) {
      types = Arrays.copyOf(types, 2 * values);
      numbers = Arrays.copyOf(numbers, 2 * values);
    }
  }

  private void value(SpanColumn from, int v, Codes codes) {
    room();
    byte type = from.types()[v];
    types[values] = type;
    numbers[values++] =
        type == SpanColumn.TEXT
            ? code(from.texts(), (int) from.numbers()[v], codes)
            : from.numbers()[v];
  }

  private int code(SpanTexts from, int code, Codes codes) {
    int known = codes.ours[code];
    if (known > 0) {
      return known - 1;
    }
    int length = from.length(code);
    int at = textStarts[texts];
    if (text.length - at < length) {
      text = Arrays.copyOf(text, Math.max(2 * text.length, at + length));
    }
    System.arraycopy(from.bytes(), from.start(code), text, at, length);
    if (texts + 1 == textStarts.length) {
      textStarts = Arrays.copyOf(textStarts, 2 * textStarts.length);
    }
    textStarts[++texts] = at + length;
    codes.ours[code] = texts;
    return texts - 1;
  }

  /// Whether row `mine` of what was collected holds the same as a row of another column.
  boolean equal(int mine, SpanColumn other, int row) {
    int start = several ? (mine == 0 ? 0 : ends[mine - 1]) : mine;
    int end = several ? ends[mine] : types[mine] == SpanColumn.ABSENT ? mine : mine + 1;
    int from = other.start(row);
    if (end - start != other.end(row) - from
        || (mayBeArray && mine < arrays.length && arrays[mine]) != other.isArray(row)) {
      return false;
    }
    for (int v = start; v < end; v++, from++) {
      if (types[v] != other.types()[from]
          || (types[v] == SpanColumn.TEXT
              ? !text((int) numbers[v], other.texts(), (int) other.numbers()[from])
              : numbers[v] != other.numbers()[from])) {
        return false;
      }
    }
    return true;
  }

  private boolean text(int mine, SpanTexts other, int code) {
    return Arrays.equals(
        text,
        textStarts[mine],
        textStarts[mine + 1],
        other.bytes(),
        other.start(code),
        other.start(code) + other.length(code));
  }

  /// What was collected; the builder is not of use any more.
  SpanColumn column() {
    if (mayBeArray && arrays.length < rows) {
      arrays = Arrays.copyOf(arrays, rows);
    }
    return new SpanColumn(
        field,
        several ? ends : new int[0],
        types,
        numbers,
        new SpanTexts(text, textStarts, texts),
        mayBeArray,
        arrays);
  }
}
