package io.foursight.storage.logs.block.v1;

import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/// What the index tells of a row group without its directory: places, times, and its streams cut
/// into slices of [LogsBlockFormat#SLICE_ROWS] rows.
///
/// ```
/// | rows varint | rows length varint | directory length varint | runs varint | run* |
/// run:   | stream - that of the run before varint | slices varint | slice* |
/// slice: | rows varint | bytes varint | first time - last time of the slice before zigzag | last - first time varint |
/// ```
///
/// @param offset of its part of `rows`
/// @param directoryOffset of its directory in the index
record GroupSummary(
    int rows,
    long offset,
    long length,
    long directoryOffset,
    int directoryLength,
    long bytes,
    long minTime,
    long maxTime,
    List<Run> runs) {

  /// Rows `firstRow .. firstRow + rows` are one stream's, ascending by time.
  record Run(int stream, int firstRow, int rows, long minTime, long maxTime, List<Slice> slices) {}

  /// @param bytes of lines and structured metadata (names and values)
  record Slice(int rows, long bytes, long minTime, long maxTime) {}

  static GroupSummary of(
      GroupBuffer buffer, long offset, long length, long directoryOffset, int directoryLength) {
    var runs = new ArrayList<Run>();
    for (int r = 0; r < buffer.runs.size(); r++) {
      var start = buffer.runs.get(r);
      int end = r + 1 < buffer.runs.size() ? buffer.runs.get(r + 1).firstRow() : buffer.rows;
      var slices = new ArrayList<Slice>();
      for (int at = start.firstRow(); at < end; at += LogsBlockFormat.SLICE_ROWS) {
        int to = Math.min(end, at + LogsBlockFormat.SLICE_ROWS);
        long bytes = 0;
        for (int i = at; i < to; i++) {
          bytes += buffer.rowBytes[i];
        }
        slices.add(new Slice(to - at, bytes, buffer.times[at], buffer.times[to - 1]));
      }
      runs.add(run(start.stream(), start.firstRow(), slices));
    }
    return of(buffer.rows, offset, length, directoryOffset, directoryLength, runs);
  }

  private static Run run(int stream, int firstRow, List<Slice> slices) {
    int rows = 0;
    for (Slice slice : slices) {
      rows += slice.rows;
    }
    return new Run(
        stream,
        firstRow,
        rows,
        slices.getFirst().minTime,
        slices.getLast().maxTime,
        List.copyOf(slices));
  }

  private static GroupSummary of(
      int rows,
      long offset,
      long length,
      long directoryOffset,
      int directoryLength,
      List<Run> runs) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long bytes = 0;
    for (Run run : runs) {
      min = Math.min(min, run.minTime);
      max = Math.max(max, run.maxTime);
      for (Slice slice : run.slices) {
        bytes += slice.bytes;
      }
    }
    return new GroupSummary(
        rows, offset, length, directoryOffset, directoryLength, bytes, min, max, List.copyOf(runs));
  }

  void write(ByteWriter out) {
    out.varint(rows);
    out.varint(length);
    out.varint(directoryLength);
    out.varint(runs.size());
    int stream = 0;
    long time = 0;
    for (Run run : runs) {
      out.varint(run.stream - stream);
      stream = run.stream;
      out.varint(run.slices.size());
      for (Slice slice : run.slices) {
        out.varint(slice.rows);
        out.varint(slice.bytes);
        out.zigzag(slice.minTime - time);
        out.varint(slice.maxTime - slice.minTime);
        time = slice.maxTime;
      }
    }
  }

  static GroupSummary read(ByteReader in, int streams, long offset, long directoryOffset) {
    int rows = in.varint(Integer.MAX_VALUE);
    long length = in.varint();
    int directoryLength = in.varint(Integer.MAX_VALUE);
    int count = in.varint(in.remaining());
    var runs = new ArrayList<Run>(count);
    int stream = 0;
    int firstRow = 0;
    long time = 0;
    for (int r = 0; r < count; r++) {
      stream += in.varint(streams - 1 - stream);
      var slices = new ArrayList<Slice>();
      int sliceCount = in.varint(in.remaining());
      for (int s = 0; s < sliceCount; s++) {
        int n = in.varint(rows - firstRow);
        long bytes = in.varint();
        long first = time + in.zigzag();
        time = first + in.varint();
        slices.add(new Slice(n, bytes, first, time));
      }
      if (slices.isEmpty()) {
        throw in.corrupt("stream without rows");
      }
      Run run = run(stream, firstRow, slices);
      firstRow += run.rows;
      runs.add(run);
    }
    if (firstRow != rows || runs.isEmpty()) {
      throw in.corrupt("row group of " + rows + " rows has " + firstRow);
    }
    return of(rows, offset, length, directoryOffset, directoryLength, runs);
  }
}
