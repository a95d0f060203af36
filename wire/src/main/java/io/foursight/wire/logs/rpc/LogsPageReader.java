package io.foursight.wire.logs.rpc;

import io.foursight.model.Labels;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsPage.MetadataColumn;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.NanoSpan;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.signals.LabelPairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// Unpacks what a [LogsPageWriter] packed. Owned by one thread.
final class LogsPageReader {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int[] NONE = {};

  private final List<Labels> streams = new ArrayList<>();
  private long bound;
  private boolean mayRepeat;
  private final List<NanoSpan> repeats = new ArrayList<>();
  private NanoSpan extent = NanoSpan.ALL;
  private LogsStats scanned = LogsStats.NONE;

  /// The columns of a frame where they lie.
  private static final class Frame {
    private final ProtoReader runs = new ProtoReader();
    private final ProtoReader times = new ProtoReader();
    private final ProtoReader lengths = new ProtoReader();
    private final ProtoReader lines = new ProtoReader();
    private final List<MetadataColumn> metadata = new ArrayList<>();
    private int rows;
  }

  /// @return its rows; empty when it has none
  Optional<LogsPage> frame(byte[] bytes) {
    var in = new ProtoReader(bytes);
    var frame = new Frame();
    // A zero is not written.
    bound = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> {
          frame.rows = in.varint32();
          if (frame.rows < 0 || frame.rows > bytes.length) {
            throw in.error(frame.rows + " rows", in.position());
          }
        }
        case 2 << 3 -> {
          if (in.varint() != 0) {
            streams.clear();
          }
        }
        case 3 << 3 | BYTES -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            streams.add(LabelPairs.read(in));
          }
          in.leave(outer);
        }
        case 4 << 3 | BYTES -> column(in, frame.runs);
        case 5 << 3 | BYTES -> column(in, frame.times);
        case 6 << 3 | BYTES -> column(in, frame.lengths);
        case 7 << 3 | BYTES -> column(in, frame.lines);
        case 8 << 3 | BYTES -> frame.metadata.add(metadata(in, frame.rows));
        case 9 << 3 -> bound = in.zigzag64();
        case 10 << 3 | BYTES -> scanned = readStats(in);
        case 11 << 3 -> mayRepeat = in.varint() != 0;
        case 13 << 3 | BYTES -> repeats.add(span(in));
        case 14 << 3 | BYTES -> extent = span(in);
        default -> in.skip(tag);
      }
    }
    return frame.rows == 0 ? Optional.empty() : Optional.of(page(frame));
  }

  private LogsPage page(Frame frame) {
    int rows = frame.rows;
    var timestamps = new long[rows];
    long last = 0;
    for (int row = 0; row < rows; row++) {
      last += frame.times.zigzag64();
      timestamps[row] = last;
    }
    // Numbers of the page, not of the call: a page names only its own streams.
    var own = new ArrayList<Labels>();
    var numbers = new HashMap<Integer, Integer>();
    var streamOf = new int[rows];
    for (int row = 0; row < rows; ) {
      int stream = frame.runs.varint32();
      int end = row + frame.runs.varint32();
      if (stream < 0 || stream >= streams.size() || end <= row || end > rows) {
        throw frame.runs.error("rows " + row + ".." + end + " of stream " + stream, row);
      }
      int number =
          numbers.computeIfAbsent(
              stream,
              s -> {
                own.add(streams.get(s));
                return own.size() - 1;
              });
      Arrays.fill(streamOf, row, end, number);
      row = end;
    }
    int[] lengths = NONE;
    int[] starts = NONE;
    if (!frame.lengths.atEnd()) {
      lengths = new int[rows];
      starts = new int[rows];
      int at = frame.lines.position();
      for (int row = 0; row < rows; row++) {
        lengths[row] = frame.lengths.varint32();
        starts[row] = at;
        at += lengths[row];
      }
      if (frame.lines.limit() > 0 && at > frame.lines.limit()) {
        throw frame.lines.error("lines end at byte " + at, frame.lines.limit());
      }
    }
    return new LogsPage(
        rows, timestamps, own, streamOf, frame.lines.array(), starts, lengths, frame.metadata);
  }

  private static MetadataColumn metadata(ProtoReader in, int rows) {
    int outer = in.enter();
    String name = "";
    var numbers = new ProtoReader();
    var values = new ProtoReader();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> name = in.string();
        case 2 << 3 | BYTES -> column(in, numbers);
        case 3 << 3 | BYTES -> column(in, values);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    var starts = new int[16];
    var bytes = new byte[values.limit() - values.position()];
    int count = 0;
    int size = 0;
    while (!values.atEnd()) {
      int length = values.length();
      System.arraycopy(values.array(), values.position(), bytes, size, length);
      values.position(values.position() + length);
      size += length;
      if (count + 1 == starts.length) {
        starts = Arrays.copyOf(starts, 2 * starts.length);
      }
      starts[++count] = size;
    }
    var codes = new int[rows];
    for (int row = 0; row < rows; row++) {
      codes[row] = numbers.varint32() - 1;
      if (codes[row] < -1 || codes[row] >= count) {
        throw numbers.error("value " + codes[row] + " of " + count, numbers.position());
      }
    }
    return new MetadataColumn(name, codes, bytes, Arrays.copyOf(starts, count + 1));
  }

  static LogsStats readStats(ProtoReader in) {
    int outer = in.enter();
    long streams = 0;
    long chunks = 0;
    long bytes = 0;
    long entries = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> streams = in.varint();
        case 2 << 3 -> chunks = in.varint();
        case 3 << 3 -> bytes = in.varint();
        case 4 << 3 -> entries = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new LogsStats(streams, chunks, bytes, entries);
  }

  private static NanoSpan span(ProtoReader in) {
    int outer = in.enter();
    long start = 0;
    long end = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> start = in.zigzag64();
        case 2 << 3 -> end = in.zigzag64();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new NanoSpan(start, end);
  }

  private static void column(ProtoReader in, ProtoReader column) {
    int length = in.length();
    column.reset(in.array(), in.position(), length);
    in.position(in.position() + length);
  }

  long bound() {
    return bound;
  }

  List<NanoSpan> repeats() {
    return repeats;
  }

  NanoSpan extent() {
    return extent;
  }

  boolean mayRepeat() {
    return mayRepeat;
  }

  LogsStats scanned() {
    return scanned;
  }
}
