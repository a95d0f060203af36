package io.foursight.wire.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.wire.protobuf.ProtoReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;

/// Decodes a remote write 1.0 `prometheus.WriteRequest` (uncompressed) into a batch.
///
/// The label fields of a series stay where they are: the batch's label range is the run of `labels
/// = 1` fields as it came, **neither parsed nor checked inside**; whoever meets a series for the
/// first time parses it (the distributor). When a sender puts other fields between the labels of a
/// series, the late labels are moved down in the body over fields that were read already, so the
/// body array may change but the range is always one.
///
/// Field order, unknown fields and unpacked repeated fields are free. Exemplar labels and metadata
/// become Strings (bytes that are not UTF-8 become U+FFFD); series allocate nothing. At most
/// [#MAX_SERIES] series and [#MAX_ROWS] rows a request, so that a body of empty messages cannot
/// grow into gigabytes.
///
/// Reused; owned by one thread. Errors: `BAD_DATA` with the offset, `TOO_LARGE` past the bounds;
/// the batch is then to be thrown away. Follows the Prometheus remote write 1.0 specification.
public final class RemoteWriteV1Decoder {
  /// Series in one request.
  public static final int MAX_SERIES = 1 << 22;

  /// Float samples in one request, histograms in one request.
  public static final int MAX_ROWS = 1 << 24;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int TIME_SERIES = 0x0a;
  private static final int METADATA = 0x1a;
  private static final int SERIES_LABEL = 0x0a;
  private static final int SERIES_SAMPLE = 0x12;
  private static final int SERIES_EXEMPLAR = 0x1a;
  private static final int SERIES_HISTOGRAM = 0x22;
  private static final int VALUE = 0x09;
  private static final int TIMESTAMP = 0x10;

  /// Length of a sample whose timestamp takes six bytes: the years 2004 to 2109.
  private static final int SIX_BYTE_SAMPLE = 16;

  private static final long SIX_BYTES = 0xffffffffffffL;

  private final ProtoReader in = new ProtoReader();

  /// The six bytes of the timestamp met last (none: -1, which is more than six bytes), and what
  /// they say.
  private long timestampBytes = -1;

  private long lastTimestamp;
  private final HistogramDecoder histograms = new HistogramDecoder();
  private final ArrayList<String> pairs = new ArrayList<>();

  /// @param body decompressed request, given away to the batch
  /// @param batch reset here to point into `body`
  public void decode(byte[] body, MetricsBatch batch) {
    decode(body, body.length, batch, ExpectedSeries.NONE);
  }

  /// @param body begins with a decompressed request; given away to the batch
  /// @param length of the request
  /// @param batch reset here to point into `body`
  /// @param expected is asked about, and told, every series of the batch
  public void decode(byte[] body, int length, MetricsBatch batch, ExpectedSeries expected) {
    batch.reset(body);
    in.reset(body, 0, length);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case TIME_SERIES -> {
          int outer = in.enter();
          series(body, batch, expected);
          in.leave(outer);
        }
        case METADATA -> {
          int outer = in.enter();
          metadata(batch);
          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }
  }

  private void series(byte[] body, MetricsBatch batch, ExpectedSeries expected) {
    checkBound("series", batch.seriesCount(), MAX_SERIES);
    int limit = in.limit();
    int labelStart = in.position();
    int n = expected.match(body, labelStart, limit);
    if (n < 0) {
      n = skipLabels(body, labelStart, limit) - labelStart;
      expected.labels(body, labelStart, n);
    }
    int labelEnd = labelStart + n;
    int fieldsEnd = labelEnd;
    batch.beginSeries(labelStart, n);
    in.position(labelEnd);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case SERIES_SAMPLE -> sample(body, batch);
        case SERIES_LABEL -> {
          int from = in.position();
          in.skip(tag);
          int moved = in.position() - from;
          body[labelEnd] = SERIES_LABEL;
          System.arraycopy(body, from, body, labelEnd + 1, moved);
          labelEnd += 1 + moved;
          batch.labels(labelStart, labelEnd - labelStart);
        }
        case SERIES_EXEMPLAR -> {
          int outer = in.enter();
          exemplar(batch);
          in.leave(outer);
        }
        case SERIES_HISTOGRAM -> {
          checkBound("histograms", batch.histogramCount(), MAX_ROWS);
          int outer = in.enter();
          histograms.decode(in, batch);
          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }
    if (labelEnd != fieldsEnd) {
      expected.labels(body, labelStart, labelEnd - labelStart);
    }
  }

  /// Steps over the label fields at the start of a series by their lengths alone.
  private int skipLabels(byte[] body, int from, int limit) {
    int p = from;
    while (p + 1 < limit && body[p] == SERIES_LABEL) {
      int n = body[p + 1];
      if (n >= 0) {
        if (p + 2 + n > limit) {
          throw in.error("label of " + n + " bytes goes past the end of its series", p + 1);
        }
        p += 2 + n;
      } else {
        in.position(p + 1);
        n = in.length();
        p = in.position() + n;
      }
    }
    return p;
  }

  private void sample(byte[] body, MetricsBatch batch) {
    checkBound("samples", batch.sampleCount(), MAX_ROWS);
    int p = in.position();
    // The form that every sender writes: both fields, value first, length below 128.
    if (p + 11 < in.limit() && body[p + 1] == VALUE && body[p + 10] == TIMESTAMP) {
      int n = body[p];
      int end = p + 1 + n;
      if (n > 10 && end <= in.limit()) {
        long bits = (long) LONGS.get(body, p + 2);
        boolean ofToday = n == SIX_BYTE_SAMPLE && p + 19 <= body.length;
        long encoded = ofToday ? (long) LONGS.get(body, p + 11) & SIX_BYTES : 0;
        if (ofToday && encoded == timestampBytes) {
          // The series of a target share their timestamp.
          in.position(end);
          batch.addSample(lastTimestamp, Double.longBitsToDouble(bits));
          return;
        }
        in.position(p + 11);
        long timestamp = in.varint();
        if (in.position() == end) {
          if (ofToday) {
            timestampBytes = encoded;
            lastTimestamp = timestamp;
          }
          batch.addSample(timestamp, Double.longBitsToDouble(bits));
          return;
        }
        in.position(p);
      }
    }
    int outer = in.enter();
    long timestamp = 0;
    double value = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case VALUE -> value = in.float64();
        case TIMESTAMP -> timestamp = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    batch.addSample(timestamp, value);
  }

  private void exemplar(MetricsBatch batch) {
    pairs.clear();
    double value = 0;
    long timestamp = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x0a -> label();
        case 0x11 -> value = in.float64();
        case 0x18 -> timestamp = in.varint();
        default -> in.skip(tag);
      }
    }
    batch.addExemplar(new Exemplar(Labels.of(pairs.toArray(new String[0])), value, timestamp));
  }

  private void label() {
    int outer = in.enter();
    String name = "";
    String value = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x0a -> name = in.string();
        case 0x12 -> value = in.string();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    pairs.add(name);
    pairs.add(value);
  }

  private void metadata(MetricsBatch batch) {
    checkBound("metadata entries", batch.metadata().size(), MAX_SERIES);
    String family = "";
    String help = "";
    String unit = "";
    long type = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 0x08 -> type = in.varint();
        case 0x12 -> family = in.string();
        case 0x22 -> help = in.string();
        case 0x2a -> unit = in.string();
        default -> in.skip(tag);
      }
    }
    batch.addMetadata(new MetricMetadata(family, metadataType(type), help, unit));
  }

  /// The type of a wire value; values that we do not know are `UNKNOWN`.
  static MetricMetadata.Type metadataType(long wire) {
    var types = MetricMetadata.Type.values();
    return wire >= 0 && wire < types.length ? types[(int) wire] : MetricMetadata.Type.UNKNOWN;
  }

  static void checkBound(String what, int count, int bound) {
    if (count >= bound) {
      throw new FoursightException(
          ErrorKind.TOO_LARGE, "a write request carries more than " + bound + " " + what);
    }
  }
}
