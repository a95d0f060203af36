package io.foursight.wire.metrics.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsBatch.SeriesExemplar;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// A write batch, or some series of it, column by column.
///
/// ```
/// 1 string tenant
/// 2 bytes  label bytes of all series, one after the other
/// 3 bytes  per series: varint label length, varint sample rows, varint histogram rows
/// 4 bytes  timestamps: zigzag difference to the row before (0 before the first)
/// 5 bytes  values, 8 bytes each
/// 6 bytes  per sample row: 0 = no start timestamp, else 1 + zigzag(timestamp - start); if any has
/// 7 msg    histogram row { 1 sint timestamp, 2 sint start, 3 msg histogram }
/// 8 msg    exemplar { 1 varint series, 2 bytes labels, 3 double value, 4 sint timestamp }
/// 9 msg    metadata { 1 string family, 2 varint type, 3 string help, 4 string unit }
/// ```
public final class BatchCodec {
  private static final int BYTES = ProtoReader.BYTES;

  /// A decoded request; the batch's label bytes lie in the request.
  record Decoded(TenantId tenant, MetricsBatch batch) {}

  private BatchCodec() {}

  /// The whole batch.
  public static byte[] encode(TenantId tenant, MetricsBatch batch) {
    int[] all = new int[batch.seriesCount()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    return encode(tenant, batch, all, all.length, batch.metadata());
  }

  /// Series `chosen[0..count-1]` (ascending) with their rows and exemplars.
  public static byte[] encode(
      TenantId tenant, MetricsBatch batch, int[] chosen, int count, List<MetricMetadata> metadata) {
    var out = new ProtoWriter(count * 200 + 256);
    out.string(1, tenant.value());
    int mark = out.begin(2);
    each(
        chosen,
        count,
        s -> out.raw(batch.labelBytes(s), batch.labelOffset(s), batch.labelLength(s)));
    out.end(mark);
    mark = out.begin(3);
    each(
        chosen,
        count,
        s -> {
          out.rawVarint(batch.labelLength(s));
          out.rawVarint(batch.sampleEnd(s) - batch.sampleStart(s));
          out.rawVarint(batch.histogramEnd(s) - batch.histogramStart(s));
        });
    out.end(mark);
    samples(out, batch, chosen, count);
    each(chosen, count, s -> histograms(out, batch, s));
    if (!batch.exemplars().isEmpty()) {
      exemplars(out, batch, chosen, count);
    }
    for (MetricMetadata entry : metadata) {
      MetadataCodec.write(out, 9, entry);
    }
    return out.toByteArray();
  }

  private static void each(int[] chosen, int count, IntConsumer action) {
    for (int i = 0; i < count; i++) {
      action.accept(chosen[i]);
    }
  }

  private static void samples(ProtoWriter out, MetricsBatch batch, int[] chosen, int count) {
    long[] timestamps = batch.timestamps();
    double[] values = batch.values();
    boolean starts = false;
    long before = 0;
    int mark = out.begin(4);
    for (int i = 0; i < count; i++) {
      int end = batch.sampleEnd(chosen[i]);
      for (int row = batch.sampleStart(chosen[i]); row < end; row++) {
        long delta = timestamps[row] - before;
        before = timestamps[row];
        out.rawVarint(delta << 1 ^ delta >> 63);
        starts |= batch.startTimestamp(row) != 0;
      }
    }
    out.end(mark);
    mark = out.begin(5);
    for (int i = 0; i < count; i++) {
      int end = batch.sampleEnd(chosen[i]);
      for (int row = batch.sampleStart(chosen[i]); row < end; row++) {
        out.fixed64(Double.doubleToRawLongBits(values[row]));
      }
    }
    out.end(mark);
    if (starts) {
      mark = out.begin(6);
      for (int i = 0; i < count; i++) {
        int end = batch.sampleEnd(chosen[i]);
        for (int row = batch.sampleStart(chosen[i]); row < end; row++) {
          long start = batch.startTimestamp(row);
          long age = timestamps[row] - start;
          out.rawVarint(start == 0 ? 0 : 1 + (age << 1 ^ age >> 63));
        }
      }
      out.end(mark);
    }
  }

  private static void histograms(ProtoWriter out, MetricsBatch batch, int series) {
    for (int row = batch.histogramStart(series); row < batch.histogramEnd(series); row++) {
      int mark = out.begin(7);
      out.sint(1, batch.histogramTimestamp(row));
      out.sint(2, batch.histogramStartTimestamp(row));
      int inner = out.begin(3);
      HistogramCodec.write(out, batch.histogram(row));
      out.end(inner);
      out.end(mark);
    }
  }

  private static void exemplars(ProtoWriter out, MetricsBatch batch, int[] chosen, int count) {
    int[] place = new int[batch.seriesCount()];
    for (int i = 0; i < count; i++) {
      place[chosen[i]] = i + 1;
    }
    for (SeriesExemplar e : batch.exemplars()) {
      if (place[e.series()] > 0) {
        int mark = out.begin(8);
        out.varint(1, place[e.series()] - 1);
        out.bytes(2, LabelBytes.encode(e.exemplar().labels()));
        out.float64(3, e.exemplar().value());
        out.sint(4, e.exemplar().timestampMillis());
        out.end(mark);
      }
    }
  }

  private record PlacedExemplar(int series, Exemplar exemplar) {}

  private record HistogramRow(ProtoReader at) {}

  /// The keys of the series are left to the receiver, whose hash has a key of its own.
  static Decoded decode(byte[] bytes) {
    var in = new ProtoReader(bytes);
    String tenant = "";
    int labels = 0;
    var table = new ProtoReader();
    var timestamps = new ProtoReader();
    var values = new ProtoReader();
    var starts = new ProtoReader();
    List<HistogramRow> histograms = new ArrayList<>();
    List<PlacedExemplar> exemplars = new ArrayList<>();
    var batch = new MetricsBatch(bytes);
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenant = in.string();
        case 2 << 3 | BYTES -> {
          int length = in.length();
          labels = in.position();
          in.position(labels + length);
        }
        case 3 << 3 | BYTES -> column(in, table);
        case 4 << 3 | BYTES -> column(in, timestamps);
        case 5 << 3 | BYTES -> column(in, values);
        case 6 << 3 | BYTES -> column(in, starts);
        case 7 << 3 | BYTES -> {
          var row = new ProtoReader();
          column(in, row);
          histograms.add(new HistogramRow(row));
        }
        case 8 << 3 | BYTES -> exemplars.add(exemplar(in));
        case 9 << 3 | BYTES -> batch.addMetadata(MetadataCodec.read(in));
        default -> in.skip(tag);
      }
    }
    int histogram = 0;
    int exemplar = 0;
    long last = 0;
    // Exemplars come in the sender's order; a batch takes them while it fills a series.
    exemplars.sort((a, b) -> Integer.compare(a.series, b.series));
    boolean hasStarts = !starts.atEnd();
    while (!table.atEnd()) {
      int length = table.varint32();
      int rows = table.varint32();
      int histogramRows = table.varint32();
      if (length < 0 || length > bytes.length - labels) {
        throw table.error("label length " + length, table.position());
      }
      int series = batch.beginSeries(labels, length);
      labels += length;
      for (int i = 0; i < rows; i++) {
        last += timestamps.zigzag64();
        long start = hasStarts ? starts.varint() : 0;
        double value = values.float64();
        if (start == 0) {
          batch.addSample(last, value);
        } else {
          long age = start - 1;
          batch.addSample(last, last - (age >>> 1 ^ -(age & 1)), value);
        }
      }
      for (int i = 0; i < histogramRows; i++) {
        histogram(histograms.get(histogram++).at, batch);
      }
      while (exemplar < exemplars.size() && exemplars.get(exemplar).series == series) {
        batch.addExemplar(exemplars.get(exemplar++).exemplar);
      }
    }
    return new Decoded(new TenantId(tenant), batch);
  }

  private static void column(ProtoReader in, ProtoReader column) {
    int length = in.length();
    column.reset(in.array(), in.position(), length);
    in.position(in.position() + length);
  }

  private static void histogram(ProtoReader in, MetricsBatch batch) {
    long timestamp = 0;
    long start = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> timestamp = in.zigzag64();
        case 2 << 3 -> start = in.zigzag64();
        case 3 << 3 | BYTES -> {
          int outer = in.enter();
          batch.addHistogram(timestamp, start, HistogramCodec.read(in));
          in.leave(outer);
        }
        default -> in.skip(tag);
      }
    }
  }

  private static PlacedExemplar exemplar(ProtoReader in) {
    int outer = in.enter();
    int series = 0;
    byte[] labels = {};
    double value = 0;
    long timestamp = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> series = in.varint32();
        case 2 << 3 | BYTES -> labels = in.bytes();
        case 3 << 3 | ProtoReader.FIXED64 -> value = in.float64();
        case 4 << 3 -> timestamp = in.zigzag64();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new PlacedExemplar(
        series, new Exemplar(LabelBytes.decode(labels, 0, labels.length), value, timestamp));
  }

  /// `1 varint samples, 2 varint histograms, 3 varint exemplars, 4 msg rejection { 1 string reason,
  /// 2 string kind, 3 string message, 4 varint count }`.
  static byte[] encode(MetricsWriteResult result) {
    var out = new ProtoWriter(32);
    out.varint(1, result.samples());
    out.varint(2, result.histograms());
    out.varint(3, result.exemplars());
    for (Rejection rejection : result.rejections()) {
      int mark = out.begin(4);
      out.string(1, rejection.reason());
      out.string(2, rejection.kind().name());
      out.string(3, rejection.message());
      out.varint(4, rejection.count());
      out.end(mark);
    }
    return out.toByteArray();
  }

  public static MetricsWriteResult decodeResult(byte[] bytes) {
    var in = new ProtoReader(bytes);
    int samples = 0;
    int histograms = 0;
    int exemplars = 0;
    List<Rejection> rejections = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> samples = in.varint32();
        case 2 << 3 -> histograms = in.varint32();
        case 3 << 3 -> exemplars = in.varint32();
        case 4 << 3 | BYTES -> rejections.add(rejection(in));
        default -> in.skip(tag);
      }
    }
    return new MetricsWriteResult(samples, histograms, exemplars, rejections);
  }

  private static Rejection rejection(ProtoReader in) {
    int outer = in.enter();
    String reason = "";
    String kind = "";
    String message = "";
    int count = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> reason = in.string();
        case 2 << 3 | BYTES -> kind = in.string();
        case 3 << 3 | BYTES -> message = in.string();
        case 4 << 3 -> count = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Rejection(
        reason,
        kind.equals(ErrorKind.LIMIT_EXCEEDED.name())
            ? ErrorKind.LIMIT_EXCEEDED
            : ErrorKind.BAD_DATA,
        message,
        count);
  }
}
