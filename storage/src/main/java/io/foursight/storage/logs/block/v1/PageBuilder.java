package io.foursight.storage.logs.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsSelect;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Builds pages from chosen rows, with the columns that are asked for. One thread.
final class PageBuilder {
  private final List<Labels> labels;
  private final LogsSelect.Columns columns;

  PageBuilder(List<Labels> labels, LogsSelect.Columns columns) {
    this.labels = labels;
    this.columns = columns;
  }

  /// @param rows ascending
  LogsPage build(OpenGroup group, int[] rows) {
    int n = rows.length;
    var times = new long[n];
    long[] all = group.times();
    for (int i = 0; i < n; i++) {
      times[i] = all[rows[i]];
    }
    var streams = new ArrayList<Labels>();
    var streamOf = new int[n];
    int at = 0;
    for (GroupSummary.Run run : group.summary().runs()) {
      int end = run.firstRow() + run.rows();
      int from = at;
      while (at < n && rows[at] < end) {
        streamOf[at++] = streams.size();
      }
      if (at > from) {
        streams.add(labels.get(run.stream()));
      }
    }
    var starts = new int[n];
    var lengths = new int[n];
    byte[] lines =
        columns.lines() || columns.lineLengths()
            ? lines(group, rows, starts, lengths)
            : new byte[0];
    return new LogsPage(n, times, streams, streamOf, lines, starts, lengths, metadata(group, rows));
  }

  private static byte[] lines(OpenGroup group, int[] rows, int[] starts, int[] lengths) {
    Column column = group.lines();
    var out = new ByteWriter(1 << 12);
    for (int i = 0; i < rows.length; i++) {
      starts[i] = out.size();
      column.append(rows[i], out);
      lengths[i] = out.size() - starts[i];
    }
    return out.array();
  }

  private List<LogsPage.MetadataColumn> metadata(OpenGroup group, int[] rows) {
    var built = new ArrayList<LogsPage.MetadataColumn>();
    for (GroupDirectory.Metadata column : group.directory().metadata()) {
      if (columns.reads(column.name())) {
        built.add(metadata(column.name(), group.metadata(column.name()).orElseThrow(), rows));
      }
    }
    return built;
  }

  private static LogsPage.MetadataColumn metadata(
      String name, OpenGroup.Metadata metadata, int[] rows) {
    Column values = metadata.values();
    var codes = new int[rows.length];
    var dense = new int[values.codeCount()];
    Arrays.fill(dense, -1);
    var bytes = new ByteWriter(256);
    var starts = new int[16];
    int next = 0;
    for (int i = 0; i < rows.length; i++) {
      int place = metadata.place(rows[i]);
      if (place < 0) {
        codes[i] = -1;
        continue;
      }
      int code = values.code(place);
      if (dense[code] < 0) {
        if (next + 1 == starts.length) {
          starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        values.appendCode(code, bytes);
        dense[code] = next++;
        starts[next] = bytes.size();
      }
      codes[i] = dense[code];
    }
    return new LogsPage.MetadataColumn(name, codes, bytes.array(), starts);
  }

  /// About the bytes that a page holds.
  static long weight(LogsPage page) {
    long bytes = 64 + 20L * page.rows() + page.lines().length;
    for (LogsPage.MetadataColumn column : page.metadata()) {
      bytes += 4L * page.rows() + column.bytes().length + 4L * column.starts().length;
    }
    return bytes;
  }
}
