package io.foursight.ingester.logs;

import io.foursight.model.logs.LogsBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Some rows of a segment as columns, in order of arrival. Written under the segment's lock, where
/// [#view] is taken as well; what a view shows never changes.
///
/// ```
/// times[row], streams[row]                      streams are numbers of the segment
/// lines[lineStarts[row] .. lineStarts[row + 1]) the line
/// sizes[row]                                    bytes of line and metadata
/// previous[row]                                 the row before it in its stream: page << 14 | row, or -1
/// columns                                       structured metadata
/// ```
final class HeadPage {
  static final int ROW_BITS = 14;
  static final int MAX_ROWS = 1 << ROW_BITS;
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final int MAX_COLUMNS = 256;

  private int rows;
  private long[] times = new long[64];
  private int[] streams = new int[64];
  private int[] lineStarts = new int[65];
  private int[] sizes = new int[64];
  private int[] previous = new int[64];
  private byte[] lines = new byte[8 << 10];
  private final List<HeadColumn> columns = new ArrayList<>();
  private int nextColumn;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;
  private View frozen;

  /// Whether an entry with so long a line should go to another page.
  boolean isFull(int lineLength) {
    return rows == MAX_ROWS
        || columns.size() >= MAX_COLUMNS
        || (rows > 0 && lineStarts[rows] + (long) lineLength > MAX_LINE_BYTES);
  }

  /// @return the row
  int add(LogsBatch batch, int entry, int stream, int previousRow) {
    int row = rows;
    if (row == times.length) {
      int capacity = Math.min(MAX_ROWS, 2 * row);
      times = Arrays.copyOf(times, capacity);
      streams = Arrays.copyOf(streams, capacity);
      lineStarts = Arrays.copyOf(lineStarts, capacity + 1);
      sizes = Arrays.copyOf(sizes, capacity);
      previous = Arrays.copyOf(previous, capacity);
    }
    long time = batch.timestamps()[entry];
    int length = batch.lineLength(entry);
    int start = lineStarts[row];
    if (lines.length - start < length) {
      int wanted = Math.max(start + length, Math.min(MAX_LINE_BYTES, 4 * lines.length));
      lines = Arrays.copyOf(lines, wanted);
    }
    byte[] body = batch.body();
    System.arraycopy(body, batch.lineOffset(entry), lines, start, length);
    times[row] = time;
    streams[row] = stream;
    previous[row] = previousRow;
    lineStarts[row + 1] = start + length;
    int size = length;
    for (int p = batch.metadataStart(entry); p < batch.metadataEnd(entry); p++) {
      column(body, batch.nameOffset(p), batch.nameLength(p))
          .set(row, body, batch.valueOffset(p), batch.valueLength(p));
      size += batch.nameLength(p) + batch.valueLength(p);
    }
    sizes[row] = size;
    minTime = Math.min(minTime, time);
    maxTime = Math.max(maxTime, time);
    rows = row + 1;
    return row;
  }

  /// Names mostly come in the same order from entry to entry, so the search begins behind the last.
  private HeadColumn column(byte[] body, int offset, int length) {
    int n = columns.size();
    for (int i = 0, at = nextColumn; i < n; i++, at++) {
      HeadColumn column = columns.get(at >= n ? at - n : at);
      if (column.isNamed(body, offset, length)) {
        nextColumn = at + 1 >= n ? at + 1 - n : at + 1;
        return column;
      }
    }
    var column = new HeadColumn(body, offset, length);
    columns.add(column);
    nextColumn = 0;
    return column;
  }

  /// No more rows come.
  void freeze() {
    columns.forEach(HeadColumn::freeze);
    if (lines.length - lineStarts[rows] > lines.length / 8) {
      lines = Arrays.copyOf(lines, lineStarts[rows]);
    }
    frozen = makeView();
  }

  View view() {
    return frozen != null ? frozen : makeView();
  }

  private View makeView() {
    return new View(
        rows,
        times,
        streams,
        lineStarts,
        sizes,
        previous,
        lines,
        columns.stream().map(HeadColumn::view).toList(),
        minTime,
        maxTime);
  }

  long allocatedBytes() {
    long bytes = 200L + 24L * times.length + lines.length;
    for (HeadColumn column : columns) {
      bytes += column.allocatedBytes();
    }
    return bytes;
  }

  /// The rows that were there at one moment.
  record View(
      int rows,
      long[] times,
      int[] streams,
      int[] lineStarts,
      int[] sizes,
      int[] previous,
      byte[] lines,
      List<HeadColumn.View> columns,
      long minTime,
      long maxTime) {
    int lineLength(int row) {
      return lineStarts[row + 1] - lineStarts[row];
    }
  }
}
