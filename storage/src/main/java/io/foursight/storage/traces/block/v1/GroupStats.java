package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.TraceId;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;

/// Bounds of the spans of one row group.
///
/// ```
/// | rows varint | min start zigzag | max start - min start varint | max end - min start varint |
/// | min duration varint | max duration varint | kinds varint | statuses varint |
/// | marks: trace id u64 u64 of every 512th row and of the last one |
/// ```
///
/// @param maxEnd of the later of start and end
/// @param minDuration never negative
/// @param kinds bit k: there is a span of kind k; all bits when there is one beyond 0..31
/// @param statuses likewise
/// @param marks high and low of the trace id of rows 0, 512, 1024, ..., and of the last row
record GroupStats(
    int rows,
    long minStart,
    long maxStart,
    long maxEnd,
    long minDuration,
    long maxDuration,
    int kinds,
    int statuses,
    long[] marks) {
  static final int MARK_ROWS = 512;

  /// Collects them, row by row.
  static final class Builder {
    private int rows;
    private long minStart = Long.MAX_VALUE;
    private long maxStart = Long.MIN_VALUE;
    private long maxEnd = Long.MIN_VALUE;
    private long minDuration = Long.MAX_VALUE;
    private long maxDuration;
    private int kinds;
    private int statuses;
    private final ByteWriter marks = new ByteWriter(1024);
    private long high;
    private long low;

    int rows() {
      return rows;
    }

    void add(long traceHigh, long traceLow, SpanRowWriter row) {
      high = traceHigh;
      low = traceLow;
      if (rows++ % MARK_ROWS == 0) {
        marks.u64(high);
        marks.u64(low);
      }
      minStart = Math.min(minStart, row.startNanos);
      maxStart = Math.max(maxStart, row.startNanos);
      maxEnd = Math.max(maxEnd, row.endNanos);
      // A difference beyond the range of a long is as good as endless.
      long duration = row.endNanos - row.startNanos;
      minDuration = Math.min(minDuration, Math.max(0, duration));
      maxDuration = Math.max(maxDuration, duration < 0 ? Long.MAX_VALUE : duration);
      kinds |= bit(row.kindNumber);
      statuses |= bit(row.statusNumber);
    }

    private static int bit(int number) {
      return number >= 0 && number < 32 ? 1 << number : -1;
    }

    GroupStats build() {
      marks.u64(high);
      marks.u64(low);
      var in = new ByteReader(marks.array(), 0, marks.size(), TracesBlockFormat.INDEX, 0);
      var ids = new long[marks.size() / 8];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = in.u64();
      }
      return new GroupStats(
          rows, minStart, maxStart, maxEnd, minDuration, maxDuration, kinds, statuses, ids);
    }
  }

  void write(ByteWriter out) {
    out.varint(rows);
    out.zigzag(minStart);
    out.zigzag(maxStart);
    out.zigzag(maxEnd);
    out.varint(minDuration);
    out.varint(maxDuration);
    out.varint(kinds & 0xffffffffL);
    out.varint(statuses & 0xffffffffL);
    for (long mark : marks) {
      out.u64(mark);
    }
  }

  static GroupStats read(ByteReader in) {
    int rows = in.varint(Integer.MAX_VALUE - MARK_ROWS);
    long minStart = in.zigzag();
    long maxStart = in.zigzag();
    long maxEnd = in.zigzag();
    long minDuration = in.varint();
    long maxDuration = in.varint();
    int kinds = (int) in.varint();
    int statuses = (int) in.varint();
    int count = 2 * ((rows + MARK_ROWS - 1) / MARK_ROWS + 1);
    if (rows == 0 || count > in.remaining() / 8) {
      throw in.corrupt("a row group of " + rows + " rows");
    }
    var marks = new long[count];
    for (int i = 0; i < count; i++) {
      marks[i] = in.u64();
    }
    return new GroupStats(
        rows, minStart, maxStart, maxEnd, minDuration, maxDuration, kinds, statuses, marks);
  }

  /// Pieces of [#MARK_ROWS] rows.
  int pieces() {
    return marks.length / 2 - 1;
  }

  /// Whether a trace may have rows in a piece.
  boolean mayHave(int piece, TraceId id) {
    return TraceId.compare(id.high(), id.low(), marks[2 * piece], marks[2 * piece + 1]) >= 0
        && TraceId.compare(id.high(), id.low(), marks[2 * piece + 2], marks[2 * piece + 3]) <= 0;
  }

  boolean isBefore(TraceId id) {
    return TraceId.compare(marks[marks.length - 2], marks[marks.length - 1], id.high(), id.low())
        < 0;
  }

  boolean isAfter(TraceId id) {
    return TraceId.compare(marks[0], marks[1], id.high(), id.low()) > 0;
  }
}
