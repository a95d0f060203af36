package io.foursight.compactor.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.storage.logs.block.v1.LogsBlockWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// Rows of one stream on their way into a block: repetitions (equal time, line and structured
/// metadata) are left out, the others handed to the writer in pages of bounded size. Entries of
/// equal time are compared by SHA-256, so that memory does not grow with their lines. Owned by one
/// thread.
final class MergedRows {
  private static final int MAX_ROWS = 4096;
  private static final int MAX_BYTES = 1 << 20;

  /// One metadata name: a code for each row, each run of equal values once.
  private static final class Column {
    final String name;
    int[] codes = new int[MAX_ROWS];
    int[] starts = new int[MAX_ROWS + 1];
    byte[] bytes = new byte[256];
    int count;

    Column(String name) {
      this.name = name;
      Arrays.fill(codes, -1);
    }

    void set(int row, byte[] from, int offset, int length) {
      if (count > 0) {
        int last = starts[count - 1];
        if (starts[count] - last == length
            && Arrays.equals(bytes, last, last + length, from, offset, offset + length)) {
          codes[row] = count - 1;
          return;
        }
      }
      int at = starts[count];
      if (bytes.length - at < length) {
        bytes = Arrays.copyOf(bytes, Math.max(at + length, 2 * bytes.length));
      }
      System.arraycopy(from, offset, bytes, at, length);
      starts[count + 1] = at + length;
      codes[row] = count++;
    }
  }

  private final LogsBlockWriter writer;
  private final MessageDigest digest;
  private Labels labels = Labels.EMPTY;
  private int rows;
  private final long[] times = new long[MAX_ROWS];
  private final int[] starts = new int[MAX_ROWS];
  private final int[] lengths = new int[MAX_ROWS];
  private byte[] lines = new byte[MAX_BYTES];
  private int used;
  private final List<Column> columns = new ArrayList<>();
  private final Set<String> sameTime = new HashSet<>();

  MergedRows(LogsBlockWriter writer) {
    this.writer = writer;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void begin(Labels stream) {
    flush();
    labels = stream;
    sameTime.clear();
  }

  void add(LogsPage page, int row) {
    long time = page.timestamps()[row];
    if (rows > 0 && times[rows - 1] == time) {
      if (sameTime.isEmpty()) {
        sameTime.add(key(page(), rows - 1));
      }
      if (!sameTime.add(key(page, row))) {
        return;
      }
    } else {
      sameTime.clear();
    }
    int length = page.lineLengths()[row];
    if (rows == MAX_ROWS || (rows > 0 && used + length > MAX_BYTES)) {
      flush();
    }
    append(page, row, time, length);
  }

  private void append(LogsPage page, int row, long time, int length) {
    if (lines.length - used < length) {
      lines = Arrays.copyOf(lines, used + length);
    }
    System.arraycopy(page.lines(), page.lineStarts()[row], lines, used, length);
    times[rows] = time;
    starts[rows] = used;
    lengths[rows] = length;
    used += length;
    for (LogsPage.MetadataColumn column : page.metadata()) {
      if (column.has(row)) {
        column(column.name()).set(rows, column.bytes(), column.start(row), column.length(row));
      }
    }
    rows++;
  }

  private Column column(String name) {
    for (Column column : columns) {
      if (column.name.equals(name)) {
        return column;
      }
    }
    var column = new Column(name);
    columns.add(column);
    return column;
  }

  private String key(LogsPage page, int row) {
    digest.reset();
    digest.update(page.lines(), page.lineStarts()[row], page.lineLengths()[row]);
    var pairs = new TreeMap<String, byte[]>();
    for (LogsPage.MetadataColumn column : page.metadata()) {
      if (column.has(row)) {
        int start = column.start(row);
        pairs.put(
            column.name(), Arrays.copyOfRange(column.bytes(), start, start + column.length(row)));
      }
    }
    var rest = new ByteArrayOutputStream();
    pairs.forEach((name, value) -> {
      rest.write(0);
      rest.writeBytes((name + "\0" + value.length + "\0").getBytes(StandardCharsets.UTF_8));
      rest.writeBytes(value);
    });
    rest.writeBytes(Integer.toString(page.lineLengths()[row]).getBytes(StandardCharsets.US_ASCII));
    digest.update(rest.toByteArray());
    return new String(digest.digest(), StandardCharsets.ISO_8859_1);
  }

  private LogsPage page() {
    var metadata = new ArrayList<LogsPage.MetadataColumn>();
    for (Column column : columns) {
      metadata.add(
          new LogsPage.MetadataColumn(column.name, column.codes, column.bytes, column.starts));
    }
    return new LogsPage(
        rows, times, List.of(labels), new int[MAX_ROWS], lines, starts, lengths, metadata);
  }

  /// Hands on what is held.
  void flush() {
    if (rows > 0) {
      writer.add(page());
    }
    rows = 0;
    used = 0;
    columns.clear();
    if (lines.length > 2 * MAX_BYTES) {
      lines = new byte[MAX_BYTES];
    }
  }
}
