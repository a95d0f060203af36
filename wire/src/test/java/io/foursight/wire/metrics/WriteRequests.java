package io.foursight.wire.metrics;

import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Encodes remote write requests for tests: the plain model that the decoders are checked against.
final class WriteRequests {
  record Sample(long timestamp, long start, double value) {}

  record Histogram(long timestamp, long start, NativeHistogram histogram) {}

  record Series(
      Labels labels, List<Sample> samples, List<Histogram> histograms, List<Exemplar> exemplars) {}

  private WriteRequests() {}

  static byte[] v1(List<Series> series, List<MetricMetadata> metadata) {
    var out = new ProtoWriter();
    for (Series s : series) {
      int message = out.begin(1);
      labels(out, s.labels());
      for (Sample sample : s.samples()) {
        int m = out.begin(2);
        out.float64(1, sample.value());
        out.varint(2, sample.timestamp());
        out.end(m);
      }
      for (Exemplar e : s.exemplars()) {
        int m = out.begin(3);
        labels(out, e.labels());
        out.float64(2, e.value());
        out.varint(3, e.timestampMillis());
        out.end(m);
      }
      for (Histogram h : s.histograms()) {
        int m = out.begin(4);
        histogram(out, h, false);
        out.end(m);
      }
      out.end(message);
    }
    for (MetricMetadata entry : metadata) {
      int m = out.begin(3);
      out.varint(1, entry.type().ordinal());
      out.string(2, entry.metricFamily());
      out.string(4, entry.help());
      out.string(5, entry.unit());
      out.end(m);
    }
    return out.toByteArray();
  }

  static void labels(ProtoWriter out, Labels labels) {
    labels.forEach((name, value) -> {
      int m = out.begin(1);
      out.string(1, name);
      out.string(2, value);
      out.end(m);
    });
  }

  static byte[] v2(List<Series> series) {
    Map<String, Integer> symbols = new LinkedHashMap<>();
    symbols.put("", 0);
    var body = new ProtoWriter();
    for (Series s : series) {
      int message = body.begin(5);
      refs(body, s.labels(), symbols);
      for (Sample sample : s.samples()) {
        int m = body.begin(2);
        body.float64(1, sample.value());
        body.varint(2, sample.timestamp());
        body.varint(3, sample.start());
        body.end(m);
      }
      for (Histogram h : s.histograms()) {
        int m = body.begin(3);
        histogram(body, h, true);
        body.end(m);
      }
      for (Exemplar e : s.exemplars()) {
        int m = body.begin(4);
        refs(body, e.labels(), symbols);
        body.float64(2, e.value());
        body.varint(3, e.timestampMillis());
        body.end(m);
      }
      body.end(message);
    }
    var out = new ProtoWriter();
    for (String symbol : symbols.keySet()) {
      out.bytes(4, symbol.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    out.raw(body.array(), 0, body.size());
    return out.toByteArray();
  }

  private static void refs(ProtoWriter out, Labels labels, Map<String, Integer> symbols) {
    int m = out.begin(1);
    labels.forEach((name, value) -> {
      out.rawVarint(symbols.computeIfAbsent(name, n -> symbols.size()));
      out.rawVarint(symbols.computeIfAbsent(value, n -> symbols.size()));
    });
    out.end(m);
  }

  static void histogram(ProtoWriter out, Histogram sample, boolean withStart) {
    NativeHistogram h = sample.histogram();
    if (h.integer()) {
      out.varint(1, (long) h.count());
    } else {
      out.rawVarint(2 << 3 | 1);
      out.fixed64(Double.doubleToRawLongBits(h.count()));
    }
    out.float64(3, h.sum());
    out.sint(4, h.schema());
    out.float64(5, h.zeroThreshold());
    if (h.integer()) {
      out.varint(6, (long) h.zeroCount());
    } else {
      out.float64(7, h.zeroCount());
    }
    side(out, 8, h.negativeSpans(), h.negativeBuckets(), h.integer());
    side(out, 11, h.positiveSpans(), h.positiveBuckets(), h.integer());
    out.varint(14, h.resetHint().ordinal());
    out.varint(15, sample.timestamp());
    if (h.customValues().length > 0) {
      int m = out.begin(16);
      for (double v : h.customValues()) {
        out.fixed64(Double.doubleToRawLongBits(v));
      }
      out.end(m);
    }
    if (withStart) {
      out.varint(17, sample.start());
    }
  }

  private static void side(
      ProtoWriter out, int field, int[] spans, double[] buckets, boolean integer) {
    for (int i = 0; i < spans.length; i += 2) {
      int m = out.begin(field);
      out.sint(1, spans[i]);
      out.varint(2, spans[i + 1]);
      out.end(m);
    }
    if (buckets.length == 0) {
      return;
    }
    int m = out.begin(integer ? field + 1 : field + 2);
    double previous = 0;
    for (double bucket : buckets) {
      if (integer) {
        long delta = (long) bucket - (long) previous;
        out.rawVarint(delta << 1 ^ delta >> 63);
      } else {
        out.fixed64(Double.doubleToRawLongBits(bucket));
      }
      previous = bucket;
    }
    out.end(m);
  }

  /// What a decoded batch holds, in the same shape.
  static List<Series> read(io.foursight.model.metrics.MetricsBatch batch) {
    var all = new ArrayList<Series>();
    for (int i = 0; i < batch.seriesCount(); i++) {
      var samples = new ArrayList<Sample>();
      for (int r = batch.sampleStart(i); r < batch.sampleEnd(i); r++) {
        samples.add(new Sample(batch.timestamps()[r], batch.startTimestamp(r), batch.values()[r]));
      }
      var histograms = new ArrayList<Histogram>();
      for (int r = batch.histogramStart(i); r < batch.histogramEnd(i); r++) {
        histograms.add(
            new Histogram(
                batch.histogramTimestamp(r), batch.histogramStartTimestamp(r), batch.histogram(r)));
      }
      int series = i;
      var exemplars =
          batch.exemplars().stream()
              .filter(e -> e.series() == series)
              .map(io.foursight.model.metrics.MetricsBatch.SeriesExemplar::exemplar)
              .toList();
      all.add(
          new Series(
              io.foursight.model.metrics.LabelBytes.decode(
                  batch.labelBytes(i), batch.labelOffset(i), batch.labelLength(i)),
              samples,
              histograms,
              exemplars));
    }
    return all;
  }
}
