package io.foursight.ingester.metrics;

import io.foursight.ingester.PieceRecords;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.NativeHistogram;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/// Types and row layout of the head's records in the write-ahead log; drawn in the package comment.
final class HeadRecords {
  static final byte METADATA = 4;

  private static final int ID_BYTES = PieceRecords.ID_BYTES;
  private static final int HISTOGRAM = 9;
  private static final int DEFINITION = 10;
  private static final int EXEMPLAR = 11;
  private static final int SAME_TIME = 0x10;
  private static final int NEXT_REF = 0x20;
  private static final int HAS_START = 0x40;
  private static final int SAME_REF = 0x80;
  private static final MetricMetadata.Type[] TYPES = MetricMetadata.Type.values();

  private HeadRecords() {}

  /// Writes the rows of one record after another into one buffer. Owned by one thread.
  static final class RowWriter {
    final ByteBuilder out = new ByteBuilder(1 << 16);
    private final ByteBuilder nested = new ByteBuilder(256);
    private int start;
    private int ref;
    private int time;
    private int rows;

    void begin(byte[] blockId, long bucket) {
      start = out.size();
      ref = -1;
      time = 0;
      rows = 0;
      out.append(blockId, 0, ID_BYTES);
      out.reserve(10);
      out.zigzag(bucket);
    }

    int start() {
      return start;
    }

    int length() {
      return out.size() - start;
    }

    boolean hasRows() {
      return rows > 0;
    }

    void sample(int ref, int time, long base, long startTimestamp, long bits) {
      int zeros = bits == 0 ? 8 : Long.numberOfTrailingZeros(bits) >>> 3;
      head(8 - zeros, ref, time, base, startTimestamp);
      out.leading(bits, 8 - zeros);
    }

    void histogram(int ref, int time, long base, long startTimestamp, NativeHistogram histogram) {
      head(HISTOGRAM, ref, time, base, startTimestamp);
      nested.size(0);
      HistogramBytes.write(histogram, nested);
      out.uvarint(nested.size());
      out.append(nested.array(), 0, nested.size());
    }

    private void head(int kind, int ref, int time, long base, long startTimestamp) {
      rows++;
      out.reserve(40);
      int control =
          kind
              | refBits(ref)
              | (time == this.time ? SAME_TIME : 0)
              | (startTimestamp == 0 ? 0 : HAS_START);
      out.u8(control);
      putRef(control, ref);
      if (time != this.time) {
        out.zigzag(time - this.time);
        this.time = time;
      }
      if (startTimestamp != 0) {
        out.zigzag(startTimestamp - base);
      }
    }

    void definition(int ref, byte[] labels, int offset, int length) {
      rows++;
      out.reserve(20);
      int control = DEFINITION | refBits(ref);
      out.u8(control);
      putRef(control, ref);
      out.uvarint(length);
      out.append(labels, offset, length);
    }

    void exemplar(int ref, Exemplar exemplar) {
      rows++;
      out.reserve(40);
      int control = EXEMPLAR | refBits(ref);
      out.u8(control);
      putRef(control, ref);
      out.zigzag(exemplar.timestampMillis());
      out.leading(Double.doubleToRawLongBits(exemplar.value()), 8);
      out.sized(LabelBytes.encode(exemplar.labels()));
    }

    private int refBits(int newRef) {
      return newRef == ref ? SAME_REF : newRef == ref + 1 ? NEXT_REF : 0;
    }

    private void putRef(int control, int newRef) {
      if ((control & (SAME_REF | NEXT_REF)) == 0) {
        out.zigzag((long) newRef - ref);
      }
      ref = newRef;
    }
  }

  /// Receives the rows of a record.
  interface Rows {
    void definition(int ref, byte[] bytes, int offset, int length);

    void sample(int ref, int time, long start, long bits);

    void histogram(int ref, int time, long start, NativeHistogram histogram);

    void exemplar(int ref, Exemplar exemplar);
  }

  /// @throws FoursightException `CORRUPT` for a row of unknown kind: a newer version wrote it
  static void readRows(byte[] payload, int offset, int length, long base, Rows rows) {
    var in = new ByteCursor().at(payload, offset + ID_BYTES, offset + length);
    in.zigzag();
    int ref = -1;
    int time = 0;
    while (in.hasMore()) {
      int control = in.u8();
      int kind = control & 0xf;
      if ((control & NEXT_REF) != 0) {
        ref++;
      } else if ((control & SAME_REF) == 0) {
        ref += (int) in.zigzag();
      }
      if (kind == DEFINITION) {
        int n = in.uint();
        rows.definition(ref, payload, in.position, n);
        in.position += n;
        continue;
      }
      if (kind == EXEMPLAR) {
        long timestamp = in.zigzag();
        double value = Double.longBitsToDouble(in.bits(8));
        int n = in.uint();
        var labels = LabelBytes.decode(payload, in.position, n);
        rows.exemplar(ref, new Exemplar(labels, value, timestamp));
        in.position += n;
        continue;
      }
      if ((control & SAME_TIME) == 0) {
        time += (int) in.zigzag();
      }
      long start = (control & HAS_START) == 0 ? 0 : base + in.zigzag();
      if (kind == HISTOGRAM) {
        int end = in.uint() + in.position;
        rows.histogram(ref, time, start, HistogramBytes.read(in));
        in.position = end;
      } else if (kind <= 8) {
        rows.sample(ref, time, start, kind == 0 ? 0 : in.bits(kind) << (64 - 8 * kind));
      } else {
        throw FoursightException.corrupt(
            "a record of the metrics log has a row of unknown kind " + kind);
      }
    }
  }

  static byte[] metadata(Collection<MetricMetadata> entries) {
    var out = new ByteBuilder(256);
    for (MetricMetadata entry : entries) {
      out.reserve(1);
      out.u8(entry.type().ordinal());
      out.sized(entry.metricFamily().getBytes(StandardCharsets.UTF_8));
      out.sized(entry.help().getBytes(StandardCharsets.UTF_8));
      out.sized(entry.unit().getBytes(StandardCharsets.UTF_8));
    }
    return out.copy();
  }

  static MetricMetadata readMetadata(ByteCursor in) {
    MetricMetadata.Type type = TYPES[in.u8()];
    String family = text(in);
    String help = text(in);
    return new MetricMetadata(family, type, help, text(in));
  }

  private static String text(ByteCursor in) {
    int n = in.uint();
    in.position += n;
    return new String(in.bytes, in.position - n, n, StandardCharsets.UTF_8);
  }
}
