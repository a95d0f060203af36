package io.foursight.ingester.logs;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.logs.block.v1.LogsBlockFormat;
import io.foursight.storage.logs.block.v1.LogsBlockWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// A sealed segment as a block: streams in block order, each one's rows of all pages by time.
///
/// The rows of a stream are handed on in pieces of bounded size. Owned by one thread.
final class SegmentBlock {
  private static final int MAX_ROWS = 4096;
  private static final int MAX_BYTES = 1 << 20;

  private final String blockId;
  private final LogsSegment.View segment;

  SegmentBlock(LogsSegment segment) {
    this.blockId = segment.blockId();
    this.segment = segment.view();
  }

  BlockMeta write(Path directory, long createdMillis) {
    List<Labels> streams = segment.streams();
    var order = new ArrayList<Integer>();
    for (int s = 0; s < streams.size(); s++) {
      order.add(s);
    }
    order.sort(Comparator.comparing(streams::get, LogsBlockFormat.STREAM_ORDER));
    int[][] rows = rowsByStream(streams.size());
    try (var writer = new LogsBlockWriter(directory, blockId)) {
      for (int stream : order) {
        if (rows[stream].length > 0) {
          add(writer, streams.get(stream), rows[stream]);
          rows[stream] = new int[0];
        }
      }
      return writer.finish(1, List.of(blockId), List.of(), createdMillis);
    }
  }

  /// Rows of each stream in order of arrival, as `page << 14 | row`.
  private int[][] rowsByStream(int streamCount) {
    var counts = new int[streamCount];
    for (HeadPage.View page : segment.pages()) {
      for (int row = 0; row < page.rows(); row++) {
        counts[page.streams()[row]]++;
      }
    }
    var rows = new int[streamCount][];
    for (int s = 0; s < streamCount; s++) {
      rows[s] = new int[counts[s]];
      counts[s] = 0;
    }
    for (int p = 0; p < segment.pages().size(); p++) {
      HeadPage.View page = segment.pages().get(p);
      for (int row = 0; row < page.rows(); row++) {
        int s = page.streams()[row];
        rows[s][counts[s]++] = p << HeadPage.ROW_BITS | row;
      }
    }
    return rows;
  }

  private void add(LogsBlockWriter writer, Labels labels, int[] arrival) {
    int[] rows = byTime(arrival);
    int start = 0;
    while (start < rows.length) {
      int end = start;
      long bytes = 0;
      while (end < rows.length && end - start < MAX_ROWS && (bytes < MAX_BYTES || end == start)) {
        bytes += page(rows[end]).lineLength(row(rows[end]));
        end++;
      }
      writer.add(gather(labels, rows, start, end));
      start = end;
    }
  }

  private HeadPage.View page(int place) {
    return segment.pages().get(place >>> HeadPage.ROW_BITS);
  }

  private static int row(int place) {
    return place & HeadPage.MAX_ROWS - 1;
  }

  private long time(int place) {
    return page(place).times()[row(place)];
  }

  /// Stable.
  private int[] byTime(int[] arrival) {
    boolean ordered = true;
    for (int i = 1; i < arrival.length && ordered; i++) {
      ordered = time(arrival[i - 1]) <= time(arrival[i]);
    }
    if (ordered) {
      return arrival;
    }
    var boxed = new Integer[arrival.length];
    for (int i = 0; i < boxed.length; i++) {
      boxed[i] = arrival[i];
    }
    Arrays.sort(boxed, Comparator.comparingLong(this::time));
    var sorted = new int[boxed.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = boxed[i];
    }
    return sorted;
  }

  private LogsPage gather(Labels labels, int[] rows, int start, int end) {
    int n = end - start;
    int size = 0;
    for (int i = start; i < end; i++) {
      size += page(rows[i]).lineLength(row(rows[i]));
    }
    var times = new long[n];
    var starts = new int[n];
    var lengths = new int[n];
    var lines = new byte[size];
    var columns = new ArrayList<HeadColumn>();
    int at = 0;
    for (int i = 0; i < n; i++) {
      HeadPage.View page = page(rows[start + i]);
      int row = row(rows[start + i]);
      times[i] = page.times()[row];
      starts[i] = at;
      lengths[i] = page.lineLength(row);
      System.arraycopy(page.lines(), page.lineStarts()[row], lines, at, lengths[i]);
      at += lengths[i];
      for (HeadColumn.View column : page.columns()) {
        int code = column.code(row);
        if (code >= 0) {
          column(columns, column)
              .set(i, column.values(), column.starts()[code], column.length(code));
        }
      }
    }
    return new LogsPage(
        n,
        times,
        List.of(labels),
        new int[n],
        lines,
        starts,
        lengths,
        columns.stream().map(c -> PageRows.column(c.view(), n)).toList());
  }

  private static HeadColumn column(List<HeadColumn> columns, HeadColumn.View like) {
    for (HeadColumn column : columns) {
      if (column.name.equals(like.name())) {
        return column;
      }
    }
    var column = new HeadColumn(like.nameBytes(), 0, like.nameBytes().length);
    columns.add(column);
    return column;
  }
}
