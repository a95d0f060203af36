package io.foursight.wire.metrics.rpc;

import io.foursight.model.Labels;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Packs a stream of series into frames. The symbol table belongs to the stream: a frame brings the
/// symbols that are new in it, numbered on; a table that grew large is begun anew.
///
/// ```
/// frame   1 varint  1: forget all symbols first
///         2 bytes   new symbols: varint length, UTF-8, ...
///         3 bytes   series, once for each
///         4 msg     end of a query result (ResultCodec)
/// series  varint labels, labels x (varint name, varint value)
///         varint rows, and if > 0:
///         u8 flags: 1 timestamps as those of the series before it in this frame that has rows
///                   2 start timestamps   4 histograms
///         timestamps (unless 1): zigzag first, then zigzag differences of differences
///         values, 8 bytes each (0 in histogram rows)
///         starts (if 2): per row 0 = none, else 1 + zigzag(timestamp - start)
///         histograms (if 4): varint n, n x (varint row, varint length, HistogramCodec)
/// ```
///
/// Owned by one thread.
final class SeriesFrameWriter {
  static final int SAME_TIMESTAMPS = 1;
  static final int STARTS = 2;
  static final int HISTOGRAMS = 4;
  private static final int FRAME_BYTES = 256 << 10;
  private static final int MAX_SYMBOLS = 1 << 16;
  private static final long[] NONE = {};

  private final Consumer<byte[]> frames;
  private final Map<String, Integer> symbols = new HashMap<>();
  private final ProtoWriter names = new ProtoWriter(1 << 12);
  private final ProtoWriter series = new ProtoWriter(1 << 14);
  private boolean reset;
  private long[] timestamps = NONE;
  private int rows;

  SeriesFrameWriter(Consumer<byte[]> frames) {
    this.frames = frames;
  }

  /// Labels only.
  void add(Labels labels) {
    int mark = series.begin(3);
    labels(labels);
    series.rawVarint(0);
    series.end(mark);
    flushIfFull();
  }

  void add(Labels labels, SampleColumns samples) {
    int mark = series.begin(3);
    labels(labels);
    int n = samples.size();
    series.rawVarint(n);
    if (n > 0) {
      columns(samples, n);
    }
    series.end(mark);
    flushIfFull();
  }

  private void labels(Labels labels) {
    series.rawVarint(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      series.rawVarint(symbol(labels.name(i)));
      series.rawVarint(symbol(labels.value(i)));
    }
  }

  private int symbol(String text) {
    Integer known = symbols.get(text);
    if (known != null) {
      return known;
    }
    int id = symbols.size();
    symbols.put(text, id);
    byte[] utf8 = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    names.rawVarint(utf8.length);
    names.raw(utf8, 0, utf8.length);
    return id;
  }

  private void columns(SampleColumns samples, int n) {
    boolean same = isSame(samples, n);
    series.rawByte(
        (same ? SAME_TIMESTAMPS : 0)
            | (samples.hasStartTimestamps() ? STARTS : 0)
            | (samples.hasHistograms() ? HISTOGRAMS : 0));
    if (!same) {
      remember(samples, n);
      timestamps(n);
    }
    double[] values = samples.values();
    for (int i = 0; i < n; i++) {
      series.fixed64(Double.doubleToRawLongBits(values[i]));
    }
    if (samples.hasStartTimestamps()) {
      for (int i = 0; i < n; i++) {
        long start = samples.startTimestamp(i);
        long age = samples.timestamp(i) - start;
        series.rawVarint(start == 0 ? 0 : 1 + (age << 1 ^ age >> 63));
      }
    }
    if (samples.hasHistograms()) {
      histograms(samples, n);
    }
  }

  private boolean isSame(SampleColumns samples, int n) {
    return n == rows
        && (samples.timestamps() == timestamps
            || Arrays.equals(samples.timestamps(), 0, n, timestamps, 0, n));
  }

  private void remember(SampleColumns samples, int n) {
    // A private array is overwritten by the next series.
    timestamps =
        samples.sharesTimestamps() ? samples.timestamps() : Arrays.copyOf(samples.timestamps(), n);
    rows = n;
  }

  private void timestamps(int n) {
    long before = 0;
    long step = 0;
    for (int i = 0; i < n; i++) {
      long delta = timestamps[i] - before;
      long difference = i == 0 ? delta : delta - step;
      step = i == 0 ? 0 : delta;
      before = timestamps[i];
      series.rawVarint(difference << 1 ^ difference >> 63);
    }
  }

  private void histograms(SampleColumns samples, int n) {
    int count = 0;
    for (int i = 0; i < n; i++) {
      count += samples.isHistogram(i) ? 1 : 0;
    }
    series.rawVarint(count);
    var one = new ProtoWriter(128);
    for (int i = 0; i < n; i++) {
      if (samples.isHistogram(i)) {
        one.clear();
        HistogramCodec.write(one, samples.histogram(i));
        series.rawVarint(i);
        series.rawVarint(one.size());
        series.raw(one.array(), 0, one.size());
      }
    }
  }

  private void flushIfFull() {
    if (series.size() + names.size() >= FRAME_BYTES) {
      flush(new byte[0]);
    }
  }

  /// Sends what is left, if anything.
  void finish() {
    if (series.size() > 0) {
      flush(new byte[0]);
    }
  }

  /// Sends what is left with the end of a result.
  void finish(byte[] end) {
    flush(end);
  }

  private void flush(byte[] end) {
    var frame = new ProtoWriter(names.size() + series.size() + end.length + 32);
    if (reset) {
      frame.varint(1, 1);
      reset = false;
    }
    if (names.size() > 0) {
      frame.bytes(2, names.array(), 0, names.size());
    }
    frame.raw(series.array(), 0, series.size());
    if (end.length > 0) {
      frame.bytes(4, end);
    }
    names.clear();
    series.clear();
    rows = 0;
    if (symbols.size() > MAX_SYMBOLS) {
      symbols.clear();
      reset = true;
    }
    frames.accept(frame.toByteArray());
  }
}
