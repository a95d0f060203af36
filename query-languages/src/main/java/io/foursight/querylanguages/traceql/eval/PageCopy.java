package io.foursight.querylanguages.traceql.eval;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanTexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows of pages copied into a page that stays: a trace that goes on in the next page.
final class PageCopy {
  private final List<SpanField> fields;
  private final List<Column> columns = new ArrayList<>();
  private int rows;
  private long[] traceHighs = new long[16];
  private long[] traceLows = new long[16];
  private long[] spanIds = new long[16];
  private long[] parentIds = new long[16];
  private long[] startNanos = new long[16];
  private long[] endNanos = new long[16];
  private byte[] kinds = new byte[16];
  private byte[] statuses = new byte[16];

  PageCopy(List<SpanField> fields) {
    this.fields = fields;
    fields.forEach(f -> columns.add(new Column()));
  }

  int rows() {
    return rows;
  }

  boolean isOf(SpanPage page, int row) {
    return rows > 0
        && traceLows[0] == page.traceLows()[row]
        && traceHighs[0] == page.traceHighs()[row];
  }

  void append(SpanPage page, int from, int to) {
    traceHighs = append(traceHighs, page.traceHighs(), from, to);
    traceLows = append(traceLows, page.traceLows(), from, to);
    spanIds = append(spanIds, page.spanIds(), from, to);
    parentIds = append(parentIds, page.parentIds(), from, to);
    startNanos = append(startNanos, page.startNanos(), from, to);
    endNanos = append(endNanos, page.endNanos(), from, to);
    kinds = append(kinds, page.kinds(), from, to);
    statuses = append(statuses, page.statuses(), from, to);
    for (int c = 0; c < columns.size(); c++) {
      columns.get(c).append(page.columns().get(c), from, to, rows);
    }
    rows += to - from;
  }

  private long[] append(long[] own, long[] other, int from, int to) {
    int size = rows + to - from;
    long[] grown = size > own.length ? Arrays.copyOf(own, Math.max(size, 2 * own.length)) : own;
    System.arraycopy(other, from, grown, rows, to - from);
    return grown;
  }

  private byte[] append(byte[] own, byte[] other, int from, int to) {
    int size = rows + to - from;
    byte[] grown = size > own.length ? Arrays.copyOf(own, Math.max(size, 2 * own.length)) : own;
    System.arraycopy(other, from, grown, rows, to - from);
    return grown;
  }

  SpanPage page() {
    var made = new ArrayList<SpanColumn>(columns.size());
    for (int c = 0; c < columns.size(); c++) {
      made.add(columns.get(c).column(fields.get(c)));
    }
    return new SpanPage(
        rows,
        traceHighs,
        traceLows,
        spanIds,
        parentIds,
        startNanos,
        endNanos,
        kinds,
        statuses,
        made);
  }

  private static final class Column {
    private int[] ends = new int[16];
    private boolean[] arrays = new boolean[16];
    private int count;
    private byte[] types = new byte[16];
    private long[] numbers = new long[16];
    private byte[] bytes = new byte[64];
    private int[] starts = new int[16];
    private int texts;

    void append(SpanColumn other, int from, int to, int rows) {
      int size = rows + to - from;
      if (size > ends.length) {
        ends = Arrays.copyOf(ends, Math.max(size, 2 * ends.length));
        arrays = Arrays.copyOf(arrays, ends.length);
      }
      int[] codes = new int[other.texts().size()];
      Arrays.fill(codes, -1);
      for (int row = from; row < to; row++) {
        for (int v = other.start(row); v < other.end(row); v++) {
          byte type = other.types()[v];
          long number = other.numbers()[v];
          add(type, type == SpanColumn.TEXT ? code(other.texts(), (int) number, codes) : number);
        }
        ends[rows + row - from] = count;
        arrays[rows + row - from] = other.isArray(row);
      }
    }

    private void add(byte type, long number) {
      if (count == types.length) {
        types = Arrays.copyOf(types, 2 * count);
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      types[count] = type;
      numbers[count++] = number;
    }

    private int code(SpanTexts from, int code, int[] codes) {
      if (codes[code] < 0) {
        int length = from.length(code);
        int start = starts[texts];
        if (start + length > bytes.length) {
          bytes = Arrays.copyOf(bytes, Math.max(start + length, 2 * bytes.length));
        }
        System.arraycopy(from.bytes(), from.start(code), bytes, start, length);
        codes[code] = texts++;
        if (texts == starts.length) {
          starts = Arrays.copyOf(starts, 2 * texts);
        }
        starts[texts] = start + length;
      }
      return codes[code];
    }

    SpanColumn column(SpanField field) {
      return new SpanColumn(
          field, ends, types, numbers, new SpanTexts(bytes, starts, texts), true, arrays);
    }
  }
}
