package io.foursight.wire.logs.rpc;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPage.MetadataColumn;
import io.foursight.model.logs.LogsSelect.Columns;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.NanoSpan;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.signals.LabelPairs;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Packs pages into frames, a large page into several. Labels of streams belong to the call: a
/// frame brings those that are new in it, numbered on; a table that grew large is begun anew.
///
/// ```
/// frame    1 varint rows
///          2 varint 1: forget all streams first
///          3 bytes  new streams: LabelPairs, ...
///          4 bytes  runs of rows of one stream: varint stream, varint rows
///          5 bytes  times: zigzag difference to the row before
///          6 bytes  line lengths, varints; if asked for
///          7 bytes  lines, one after the other; if asked for
///          8 msg    metadata column { 1 string name, 2 bytes per row: varint code + 1, 0 = none,
///                                     3 bytes values by code: varint length, bytes }
///          9 sint   bound behind this frame's rows
///         10 msg    scanned so far { 1 streams, 2 chunks, 3 bytes, 4 entries }
///         11 varint 1: an entry may come more than once (first frame)
///         13 msg    times of entries that may { 1 sint first, 2 sint last }, once for each
///         14 msg    times of all entries, likewise
/// ```
///
/// The first frame has no rows and says that the Source has its snapshot; so has the last. Owned by
/// one thread.
final class LogsPageWriter {
  private static final int FRAME_BYTES = 512 << 10;
  private static final int FRAME_ROWS = 1 << 15;
  private static final int MAX_STREAMS = 1 << 16;

  private final Consumer<byte[]> frames;
  private final boolean lines;
  private final boolean lengths;
  private final Map<Labels, Integer> streams = new HashMap<>();
  private final ProtoWriter out = new ProtoWriter(1 << 14);

  /// @param columns what pages are sent with
  LogsPageWriter(Columns columns, Consumer<byte[]> frames) {
    this.frames = frames;
    this.lines = columns.lines();
    this.lengths = columns.lines() || columns.lineLengths();
  }

  /// The Source is open.
  void open(LogsCursor cursor) {
    out.clear();
    out.sint(9, cursor.bound());
    boolean mayRepeat = cursor.mayRepeat();
    out.varint(11, mayRepeat ? 1 : 0);
    if (mayRepeat) {
      cursor.repeats().forEach(span -> span(13, span));
    }
    span(14, cursor.extent());
    frames.accept(out.toByteArray());
  }

  private void span(int field, NanoSpan span) {
    int mark = out.begin(field);
    out.sint(1, span.firstNanos());
    out.sint(2, span.lastNanos());
    out.end(mark);
  }

  /// @param before the bound that held until this page
  /// @param after the bound that holds behind it
  void page(LogsPage page, long before, long after, LogsStats scanned) {
    int from = 0;
    while (from < page.rows()) {
      int to = pieceEnd(page, from);
      out.clear();
      piece(page, from, to);
      end(to == page.rows() ? after : before, scanned);
      from = to;
    }
  }

  void finish(long bound, LogsStats scanned) {
    out.clear();
    end(bound, scanned);
  }

  private void end(long bound, LogsStats scanned) {
    out.sint(9, bound);
    writeStats(out, 10, scanned);
    frames.accept(out.toByteArray());
  }

  static void writeStats(ProtoWriter out, int field, LogsStats stats) {
    int mark = out.begin(field);
    out.varint(1, stats.streams());
    out.varint(2, stats.chunks());
    out.varint(3, stats.bytes());
    out.varint(4, stats.entries());
    out.end(mark);
  }

  private int pieceEnd(LogsPage page, int from) {
    int most = Math.min(page.rows(), from + FRAME_ROWS);
    if (!lines) {
      return most;
    }
    long bytes = 0;
    int to = from;
    while (to < most && (to == from || bytes < FRAME_BYTES)) {
      bytes += page.lineLengths()[to++];
    }
    return to;
  }

  private void piece(LogsPage page, int from, int to) {
    out.varint(1, to - from);
    runs(page, from, to);
    int mark = out.begin(5);
    long last = 0;
    for (int row = from; row < to; row++) {
      long difference = page.timestamps()[row] - last;
      last = page.timestamps()[row];
      out.rawVarint(difference << 1 ^ difference >> 63);
    }
    out.end(mark);
    if (lengths) {
      mark = out.begin(6);
      for (int row = from; row < to; row++) {
        out.rawVarint(page.lineLengths()[row]);
      }
      out.end(mark);
    }
    if (lines) {
      mark = out.begin(7);
      for (int row = from; row < to; row++) {
        out.raw(page.lines(), page.lineStarts()[row], page.lineLengths()[row]);
      }
      out.end(mark);
    }
    page.metadata().forEach(column -> column(column, from, to));
  }

  private void runs(LogsPage page, int from, int to) {
    if (streams.size() > MAX_STREAMS) {
      streams.clear();
      out.varint(2, 1);
    }
    var fresh = new ProtoWriter(256);
    var runs = new ProtoWriter(256);
    for (int row = from; row < to; ) {
      int stream = page.streamOf()[row];
      int begin = row;
      while (row < to && page.streamOf()[row] == stream) {
        row++;
      }
      Labels labels = page.streams().get(stream);
      Integer known = streams.get(labels);
      if (known == null) {
        known = streams.size();
        streams.put(labels, known);
        LabelPairs.write(fresh, labels);
      }
      runs.rawVarint(known);
      runs.rawVarint(row - begin);
    }
    if (fresh.size() > 0) {
      out.bytes(3, fresh.array(), 0, fresh.size());
    }
    out.bytes(4, runs.array(), 0, runs.size());
  }

  /// Of the values only those that these rows have.
  private void column(MetadataColumn column, int from, int to) {
    Map<Integer, Integer> codes = new HashMap<>();
    var numbers = new ProtoWriter(to - from + 16);
    var values = new ProtoWriter(256);
    for (int row = from; row < to; row++) {
      if (!column.has(row)) {
        numbers.rawVarint(0);
        continue;
      }
      Integer code = codes.get(column.codes()[row]);
      if (code == null) {
        code = codes.size();
        codes.put(column.codes()[row], code);
        values.rawVarint(column.length(row));
        values.raw(column.bytes(), column.start(row), column.length(row));
      }
      numbers.rawVarint(code + 1);
    }
    if (codes.isEmpty()) {
      return;
    }
    int mark = out.begin(8);
    out.string(1, column.name());
    out.bytes(2, numbers.array(), 0, numbers.size());
    out.bytes(3, values.array(), 0, values.size());
    out.end(mark);
  }
}
