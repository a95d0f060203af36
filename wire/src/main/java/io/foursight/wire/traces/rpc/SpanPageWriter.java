package io.foursight.wire.traces.rpc;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanTexts;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.Arrays;
import java.util.function.Consumer;

/// Packs pages into frames, a large page into several.
///
/// ```
/// frame   1 varint rows
///         2 bytes  traces: varint rows of the trace, id (high, low), ...
///         3 bytes  span ids      4 bytes  parents' ids; left out when no row has one
///         5 bytes  starts: zigzag difference to the row before
///         6 bytes  ends: zigzag difference to the start
///         7 bytes  kinds         8 bytes  statuses; one byte a row
///         9 msg    column, once for each field asked for, in that order
///        10 msg    scanned so far { 1 bytes, 2 spans, 3 traces, 4 blocks, 5 block bytes }
/// column  1 varint 1: rows have any number of values, 2: rows may be arrays
///         2 bytes  per row: varint values; only with 1
///         3 bytes  types, one byte a value
///         4 bytes  per value: TEXT varint code; INT, DURATION, OTHER zigzag; DOUBLE 8 bytes;
///                  BOOL varint; nothing for ABSENT
///         5 bytes  texts by code: varint length, UTF-8
///         6 bytes  per row: 1 for an array; only with 2
/// ```
///
/// The first frame has no rows and says that the Source has its snapshot; so has the last. Ids are
/// 8 bytes, little-endian. Owned by one thread.
final class SpanPageWriter {
  private static final int FRAME_BYTES = 384 << 10;
  private static final int FRAME_ROWS = 1 << 13;
  private static final int FIXED_BYTES = 24;
  private static final int VALUE_BYTES = 4;

  private final Consumer<byte[]> frames;
  private final ProtoWriter out = new ProtoWriter(1 << 14);
  private int[] codes = {};

  SpanPageWriter(Consumer<byte[]> frames) {
    this.frames = frames;
  }

  /// The Source is open.
  void open() {
    frames.accept(new byte[0]);
  }

  void page(SpanPage page, TracesStats scanned) {
    int from = 0;
    while (from < page.rows()) {
      int to = pieceEnd(page, from);
      out.clear();
      piece(page, from, to);
      end(scanned);
      from = to;
    }
  }

  void finish(TracesStats scanned) {
    out.clear();
    end(scanned);
  }

  private void end(TracesStats scanned) {
    writeStats(out, 10, scanned);
    frames.accept(out.toByteArray());
  }

  static void writeStats(ProtoWriter out, int field, TracesStats stats) {
    int mark = out.begin(field);
    out.varint(1, stats.bytes());
    out.varint(2, stats.spans());
    out.varint(3, stats.traces());
    out.varint(4, stats.blocks());
    out.varint(5, stats.blockBytes());
    out.end(mark);
  }

  /// Texts count with every row that has them: a bound from above.
  private static int pieceEnd(SpanPage page, int from) {
    int most = Math.min(page.rows(), from + FRAME_ROWS);
    long bytes = 0;
    int to = from;
    while (to < most && (to == from || bytes < FRAME_BYTES)) {
      bytes += FIXED_BYTES;
      for (SpanColumn column : page.columns()) {
        for (int v = column.start(to); v < column.end(to); v++) {
          bytes +=
              column.types()[v] == SpanColumn.TEXT
                  ? VALUE_BYTES + column.texts().length((int) column.numbers()[v])
                  : VALUE_BYTES;
        }
      }
      to++;
    }
    return to;
  }

  private void piece(SpanPage page, int from, int to) {
    out.varint(1, to - from);
    int mark = out.begin(2);
    for (int row = from; row < to; ) {
      int begin = row;
      while (row < to && page.sameTrace(begin, row)) {
        row++;
      }
      out.rawVarint(row - begin);
      out.fixed64(page.traceHighs()[begin]);
      out.fixed64(page.traceLows()[begin]);
    }
    out.end(mark);
    ids(3, page.spanIds(), from, to);
    if (Arrays.stream(page.parentIds(), from, to).anyMatch(id -> id != 0)) {
      ids(4, page.parentIds(), from, to);
    }
    mark = out.begin(5);
    long last = 0;
    for (int row = from; row < to; row++) {
      zigzag(page.startNanos()[row] - last);
      last = page.startNanos()[row];
    }
    out.end(mark);
    mark = out.begin(6);
    for (int row = from; row < to; row++) {
      zigzag(page.endNanos()[row] - page.startNanos()[row]);
    }
    out.end(mark);
    out.bytes(7, page.kinds(), from, to - from);
    out.bytes(8, page.statuses(), from, to - from);
    page.columns().forEach(column -> column(column, from, to));
  }

  private void zigzag(long value) {
    out.rawVarint(value << 1 ^ value >> 63);
  }

  private void ids(int field, long[] ids, int from, int to) {
    int mark = out.begin(field);
    for (int row = from; row < to; row++) {
      out.fixed64(ids[row]);
    }
    out.end(mark);
  }

  private void column(SpanColumn column, int from, int to) {
    boolean several = column.ends().length > 0;
    int first = several ? column.start(from) : from;
    int last = several ? column.end(to - 1) : to;
    int message = out.begin(9);
    out.varint(1, (several ? 1 : 0) | (column.mayBeArray() ? 2 : 0));
    if (several) {
      int mark = out.begin(2);
      for (int row = from; row < to; row++) {
        out.rawVarint(column.end(row) - column.start(row));
      }
      out.end(mark);
    }
    out.bytes(3, column.types(), first, last - first);
    var texts = new ProtoWriter(256);
    int mark = out.begin(4);
    codes = codes.length < column.texts().size() ? new int[column.texts().size()] : codes;
    Arrays.fill(codes, 0, column.texts().size(), 0);
    int known = 0;
    for (int v = first; v < last; v++) {
      long number = column.numbers()[v];
      switch (column.types()[v]) {
        case SpanColumn.ABSENT -> {}
        case SpanColumn.TEXT -> {
          int code = (int) number;
          if (codes[code] == 0) {
            codes[code] = ++known;
            text(texts, column.texts(), code);
          }
          out.rawVarint(codes[code] - 1);
        }
        case SpanColumn.DOUBLE -> out.fixed64(number);
        case SpanColumn.BOOL -> out.rawVarint(number);
        default -> zigzag(number);
      }
    }
    out.end(mark);
    if (texts.size() > 0) {
      out.bytes(5, texts.array(), 0, texts.size());
    }
    if (column.mayBeArray()) {
      mark = out.begin(6);
      for (int row = from; row < to; row++) {
        out.rawByte(column.isArray(row) ? 1 : 0);
      }
      out.end(mark);
    }
    out.end(message);
  }

  private static void text(ProtoWriter out, SpanTexts texts, int code) {
    out.rawVarint(texts.length(code));
    out.raw(texts.bytes(), texts.start(code), texts.length(code));
  }
}
