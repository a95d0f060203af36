package io.foursight.storage.logs.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/// The rows of a row group before they are written. Owned by one thread.
final class GroupBuffer {
  /// The values of one structured metadata name, for the rows that have it (ascending).
  static final class Metadata {
    int[] rows = new int[64];
    final Strings values = new Strings(new byte[0]);

    /// A name that comes twice in an entry counts once, the first time.
    void add(int row, int start, int length) {
      if (values.count > 0 && rows[values.count - 1] == row) {
        return;
      }
      if (values.count == rows.length) {
        rows = Arrays.copyOf(rows, rows.length * 2);
      }
      rows[values.count] = row;
      values.add(start, length);
    }
  }

  /// Rows of one stream: `firstRow` up to the next run's.
  record StreamRun(int stream, int firstRow) {}

  private static final LogsPage NO_PAGE =
      new LogsPage(
          0, new long[0], List.of(), new int[0], new byte[0], new int[0], new int[0], List.of());

  long[] times = new long[1 << 12];
  int[] rowBytes = new int[1 << 12];
  final Strings lines = new Strings(new byte[0], 1 << 12);
  final TreeMap<String, Metadata> metadata = new TreeMap<>(Labels::compareText);
  final List<StreamRun> runs = new ArrayList<>();
  int rows;
  long bytes;
  private LogsPage.MetadataColumn[] columns = {};

  /// Where the columns of the page go, as far as known.
  private Metadata[] targets = {};

  private LogsPage page = NO_PAGE;
  private final ByteWriter text = new ByteWriter(1 << 20);

  boolean isFull() {
    return bytes >= LogsBlockFormat.GROUP_BYTES || rows >= LogsBlockFormat.GROUP_ROWS;
  }

  /// The page whose rows follow.
  void begin(LogsPage next) {
    page = next;
    columns = next.metadata().toArray(new LogsPage.MetadataColumn[0]);
    targets = new Metadata[columns.length];
  }

  /// Adds a row of the page.
  void add(int stream, int row) {
    if (runs.isEmpty() || runs.getLast().stream() != stream) {
      runs.add(new StreamRun(stream, rows));
    }
    if (rows == times.length) {
      times = Arrays.copyOf(times, 2 * rows);
      rowBytes = Arrays.copyOf(rowBytes, 2 * rows);
    }
    times[rows] = page.timestamps()[row];
    int length = page.lineLengths()[row];
    lines.add(text.size(), length);
    text.bytes(page.lines(), page.lineStarts()[row], length);
    int size = length;
    for (int c = 0; c < columns.length; c++) {
      LogsPage.MetadataColumn column = columns[c];
      if (column.has(row)) {
        if (targets[c] == null) {
          targets[c] = metadata.computeIfAbsent(column.name(), name -> new Metadata());
        }
        int valueLength = column.length(row);
        targets[c].add(rows, text.size(), valueLength);
        text.bytes(column.bytes(), column.start(row), valueLength);
        size += column.name().length() + valueLength;
      }
    }
    rowBytes[rows++] = size;
    bytes += size;
  }

  /// To be called before the bytes of lines and metadata are read.
  void seal() {
    lines.bytes = text.array();
    metadata.values().forEach(m -> m.values.bytes = text.array());
  }

  void clear() {
    rows = 0;
    bytes = 0;
    runs.clear();
    metadata.clear();
    Arrays.fill(targets, null);
    lines.count = 0;
    text.clear();
  }
}
