package io.foursight.wire.metrics.rpc;

import io.foursight.model.Labels;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Unpacks what a [SeriesFrameWriter] packed. Samples are decoded only where they are asked for;
/// series with the same times share one timestamp array. Owned by one thread.
final class SeriesFrameReader {
  private static final int BYTES = ProtoReader.BYTES;
  private static final long[] NONE = {};

  private final Supplier<Optional<byte[]>> frames;
  private final List<String> symbols = new ArrayList<>();
  private final ProtoReader in = new ProtoReader();
  private final ProtoReader column = new ProtoReader();
  private Labels labels = Labels.EMPTY;
  private int outer = -1;
  private int rows;
  private int flags;

  /// Where the timestamps of this series lie in the frame, and behind the last of them what follows
  /// (0 = not known yet).
  private int timestampsAt;

  private long[] timestamps = NONE;
  private int timestampsEnd;
  private int timestampRows;
  private boolean decoded;
  private int frameBytes;
  private Optional<byte[]> end = Optional.empty();

  SeriesFrameReader(Supplier<Optional<byte[]>> frames) {
    this.frames = frames;
  }

  boolean next() {
    if (outer >= 0) {
      in.leave(outer);
      outer = -1;
    }
    while (true) {
      int tag = in.tag();
      if (tag == 0) {
        Optional<byte[]> frame = frames.get();
        if (frame.isEmpty()) {
          frameBytes = 0;
          return false;
        }
        frameBytes = frame.get().length;
        in.reset(frame.get(), 0, frameBytes);
        timestampRows = 0;
        continue;
      }
      switch (tag) {
        case 1 << 3 -> {
          if (in.varint() != 0) {
            symbols.clear();
          }
        }
        case 2 << 3 | BYTES -> {
          int restore = in.enter();
          while (!in.atEnd()) {
            symbols.add(in.string());
          }
          in.leave(restore);
        }
        case 3 << 3 | BYTES -> {
          outer = in.enter();
          series();
          return true;
        }
        case 4 << 3 | BYTES -> end = Optional.of(in.bytes());
        default -> in.skip(tag);
      }
    }
  }

  private void series() {
    int count = in.varint32();
    String[] pairs = new String[2 * count];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = symbols.get(in.varint32());
    }
    labels = Labels.ofSorted(pairs);
    rows = in.varint32();
    flags = 0;
    if (rows > 0) {
      flags = in.array()[in.position()];
      in.position(in.position() + 1);
      if ((flags & SeriesFrameWriter.SAME_TIMESTAMPS) == 0) {
        timestampsAt = in.position();
        timestampRows = rows;
        decoded = false;
      } else if (timestampRows != rows) {
        throw in.error("timestamps of a series before it, which has other rows", in.position());
      }
    }
  }

  Labels labels() {
    return labels;
  }

  /// Bytes of the frame at hand.
  int frameBytes() {
    return frameBytes;
  }

  /// The end of a query result, after the last series.
  Optional<byte[]> end() {
    return end;
  }

  void samples(SampleColumns into) {
    into.clear();
    if (rows == 0) {
      return;
    }
    decodeTimestamps();
    boolean own = (flags & SeriesFrameWriter.SAME_TIMESTAMPS) == 0;
    int at = own ? timestampsEnd : in.position();
    column.reset(in.array(), at, in.limit() - at);
    if ((flags & (SeriesFrameWriter.STARTS | SeriesFrameWriter.HISTOGRAMS)) == 0) {
      into.shareTimestamps(timestamps, rows);
      double[] values = into.values();
      for (int i = 0; i < rows; i++) {
        values[i] = column.float64();
      }
      return;
    }
    mixed(into);
  }

  private void mixed(SampleColumns into) {
    int valuesAt = column.position();
    column.position(valuesAt + 8 * rows);
    long[] starts = new long[rows];
    if ((flags & SeriesFrameWriter.STARTS) != 0) {
      for (int i = 0; i < rows; i++) {
        long coded = column.varint();
        long age = coded - 1;
        starts[i] = coded == 0 ? 0 : timestamps[i] - (age >>> 1 ^ -(age & 1));
      }
    }
    var values = new ProtoReader();
    values.reset(column.array(), valuesAt, 8 * rows);
    int left = (flags & SeriesFrameWriter.HISTOGRAMS) != 0 ? column.varint32() : 0;
    int histogramRow = left > 0 ? column.varint32() : -1;
    for (int i = 0; i < rows; i++) {
      double value = values.float64();
      if (i == histogramRow) {
        int restore = column.enter();
        into.add(timestamps[i], starts[i], HistogramCodec.read(column));
        column.leave(restore);
        histogramRow = --left > 0 ? column.varint32() : -1;
      } else {
        into.add(timestamps[i], starts[i], value);
      }
    }
  }

  private void decodeTimestamps() {
    if (decoded) {
      return;
    }
    column.reset(in.array(), timestampsAt, in.array().length - timestampsAt);
    long[] times = new long[timestampRows];
    long before = 0;
    long step = 0;
    for (int i = 0; i < times.length; i++) {
      long difference = column.zigzag64();
      long delta = i == 0 ? difference : step + difference;
      step = i == 0 ? 0 : delta;
      before += delta;
      times[i] = before;
    }
    timestamps = times;
    timestampsEnd = column.position();
    decoded = true;
  }
}
