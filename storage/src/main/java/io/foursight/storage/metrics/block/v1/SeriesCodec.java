package io.foursight.storage.metrics.block.v1;

import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import io.foursight.storage.encoding.DoubleCodec;
import io.foursight.storage.encoding.LongCodec;
import java.util.ArrayList;
import java.util.List;

/// The samples of one series without their timestamps, as they lie in the file `values`.
///
/// ```
/// | flags u8 | [length varint of every chunk but the last, when rows > 1024] | chunks | crc u32 |
/// chunk (up to 1024 rows): | [start timestamps: LongCodec] | [kinds: LongCodec, 1 = histogram] | [floats: DoubleCodec] | [histograms] |
/// flags: 1 floats, 2 histograms, 4 start timestamps, 8 difference to the lower bucket
/// ```
///
/// `kinds` is there when both flags 1 and 2 are. With flag 8 the floats are `v - lower`, `lower`
/// being the value of the preceding series at the same row (0 unless it is a finite number); a row
/// that is not finite stands for itself. Holds scratch space; one thread.
final class SeriesCodec {
  private static final int FLOATS = 1;
  private static final int HISTOGRAMS = 2;
  private static final int STARTS = 4;
  private static final int LOWER_BUCKET = 8;

  private final DoubleCodec doubles = new DoubleCodec();
  private final LongCodec longs = new LongCodec();
  private final HistogramCodec histograms = new HistogramCodec();
  private final ByteWriter chunks = new ByteWriter(1 << 14);
  private final ByteWriter other = new ByteWriter(1 << 14);
  private final long[] longScratch = new long[MetricsBlockFormat.CHUNK_ROWS];
  private final double[] doubleScratch = new double[MetricsBlockFormat.CHUNK_ROWS];

  /// Appends the code of all rows.
  void encode(SampleColumns samples, ByteWriter out) {
    int start = out.size();
    int flags = samples.hasStartTimestamps() ? STARTS : 0;
    for (int i = 0; i < samples.size(); i++) {
      flags |= samples.isHistogram(i) ? HISTOGRAMS : FLOATS;
    }
    out.u8(flags);
    chunks.clear();
    int n = samples.size();
    for (int from = 0; from < n; from += MetricsBlockFormat.CHUNK_ROWS) {
      int length = Math.min(MetricsBlockFormat.CHUNK_ROWS, n - from);
      int at = chunks.size();
      encodeChunk(samples, flags, from, length);
      if (from + length < n) {
        out.varint(chunks.size() - at);
      }
    }
    out.bytes(chunks);
    out.checksum(start);
  }

  private void encodeChunk(SampleColumns samples, int flags, int from, int n) {
    if ((flags & STARTS) != 0) {
      System.arraycopy(samples.startTimestamps(), from, longScratch, 0, n);
      longs.encode(longScratch, n, chunks);
    }
    if ((flags & HISTOGRAMS) == 0) {
      doubles.encode(samples.values(), from, n, chunks);
      return;
    }
    var found = new ArrayList<NativeHistogram>(n);
    int floats = 0;
    for (int i = 0; i < n; i++) {
      boolean histogram = samples.isHistogram(from + i);
      longScratch[i] = histogram ? 1 : 0;
      if (histogram) {
        found.add(samples.histogram(from + i));
      } else {
        doubleScratch[floats++] = samples.value(from + i);
      }
    }
    if ((flags & FLOATS) != 0) {
      longs.encode(longScratch, n, chunks);
    }
    if (floats > 0) {
      doubles.encode(doubleScratch, 0, floats, chunks);
    }
    if (!found.isEmpty()) {
      histograms.encode(found, chunks);
    }
  }

  /// Tries the code as differences to the lower bucket. `differences` is scratch of at least `n`.
  ///
  /// @return whether every row comes back bit by bit and `out` got fewer bytes than `limit`
  boolean encodeDifference(
      double[] values, double[] lower, double[] differences, int n, int limit, ByteWriter out) {
    for (int i = 0; i < n; i++) {
      double d = finite(values[i]) ? values[i] - base(lower[i]) : values[i];
      if (Double.doubleToRawLongBits(restore(d, lower[i]))
          != Double.doubleToRawLongBits(values[i])) {
        return false;
      }
      differences[i] = d;
    }
    out.clear();
    out.u8(FLOATS | LOWER_BUCKET);
    other.clear();
    for (int from = 0; from < n; from += MetricsBlockFormat.CHUNK_ROWS) {
      int length = Math.min(MetricsBlockFormat.CHUNK_ROWS, n - from);
      int at = other.size();
      doubles.encode(differences, from, length, other);
      if (from + length < n) {
        out.varint(other.size() - at);
      }
    }
    out.bytes(other);
    out.checksum(0);
    return out.size() < limit;
  }

  private static boolean finite(double v) {
    return Math.abs(v) <= Double.MAX_VALUE;
  }

  private static double base(double lower) {
    return finite(lower) ? lower : 0;
  }

  private static double restore(double difference, double lower) {
    return finite(difference) ? base(lower) + difference : difference;
  }

  /// Decodes rows `from..to-1` of a series of `rows` rows into `into`, whose timestamps and size
  /// are set already (`into.size() == to - from`).
  ///
  /// @param lower the same rows of the preceding series, needed with `difference`
  void decode(
      ByteReader in,
      int rows,
      int from,
      int to,
      boolean difference,
      double[] lower,
      SampleColumns into) {
    int flags = in.u8();
    if (flags > 15 || ((flags & LOWER_BUCKET) != 0) != difference) {
      throw in.corrupt("series flags " + flags);
    }
    int size = MetricsBlockFormat.CHUNK_ROWS;
    int chunkCount = (rows + size - 1) / size;
    int first = from / size;
    int skip = 0;
    for (int i = 0; i < chunkCount - 1; i++) {
      int length = in.varint(Integer.MAX_VALUE);
      skip += i < first ? length : 0;
    }
    in.skip(skip);
    if ((flags & ~LOWER_BUCKET) == FLOATS) {
      decodeFloats(in, rows, from, to, into.values());
    } else {
      decodeMixed(in, rows, from, to, flags, into);
    }
    if (difference) {
      double[] values = into.values();
      for (int i = 0; i < to - from; i++) {
        values[i] = restore(values[i], lower[i]);
      }
    }
  }

  private void decodeFloats(ByteReader in, int rows, int from, int to, double[] values) {
    int size = MetricsBlockFormat.CHUNK_ROWS;
    for (int start = from / size * size; start < to; start += size) {
      int n = Math.min(size, rows - start);
      int at = start - from;
      if (at >= 0 && start + n <= to) {
        doubles.decode(in, n, values, at);
      } else {
        doubles.decode(in, n, doubleScratch, 0);
        int head = Math.max(0, -at);
        int tail = Math.min(n, to - start);
        System.arraycopy(doubleScratch, head, values, at + head, tail - head);
      }
    }
  }

  /// The general form appends row by row; the timestamps are those that `into` came with.
  private void decodeMixed(
      ByteReader in, int rows, int from, int to, int flags, SampleColumns into) {
    long[] timestamps = into.timestamps();
    into.clear();
    int size = MetricsBlockFormat.CHUNK_ROWS;
    for (int start = from / size * size; start < to; start += size) {
      int n = Math.min(size, rows - start);
      long[] starts = new long[n];
      if ((flags & STARTS) != 0) {
        longs.decode(in, n, starts);
      }
      boolean[] isHistogram = kinds(in, n, flags);
      int histogramCount = 0;
      for (boolean h : isHistogram) {
        histogramCount += h ? 1 : 0;
      }
      if (histogramCount < n) {
        doubles.decode(in, n - histogramCount, doubleScratch, 0);
      }
      List<NativeHistogram> found =
          histogramCount == 0 ? List.of() : histograms.decode(in, histogramCount);
      int f = 0;
      int h = 0;
      for (int i = 0; i < n; i++) {
        boolean wanted = start + i >= from && start + i < to;
        long timestamp = wanted ? timestamps[start + i - from] : 0;
        if (isHistogram[i]) {
          NativeHistogram histogram = found.get(h++);
          if (wanted) {
            into.add(timestamp, starts[i], histogram);
          }
        } else {
          double value = doubleScratch[f++];
          if (wanted) {
            into.add(timestamp, starts[i], value);
          }
        }
      }
    }
  }

  private boolean[] kinds(ByteReader in, int n, int flags) {
    var isHistogram = new boolean[n];
    boolean both = (flags & FLOATS) != 0 && (flags & HISTOGRAMS) != 0;
    if (both) {
      longs.decode(in, n, longScratch);
    }
    for (int i = 0; i < n; i++) {
      isHistogram[i] = both ? longScratch[i] == 1 : (flags & HISTOGRAMS) != 0;
    }
    return isHistogram;
  }
}
