package io.foursight.wire.metrics;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.wire.protobuf.ProtoWriter;

/// Writes a `prometheus.ReadResponse`: one `QueryResult` for each query, in order. The whole
/// message is held in memory and charged to the query's budget. Owned by one thread.
///
/// ```
/// var response = new RemoteReadSamplesWriter(budget);
/// for (query : request.queries()) { try (var cursor = source.select(...)) { response.query(cursor); } }
/// Snappy.compress(response.toByteArray())
/// ```
public final class RemoteReadSamplesWriter {
  private final ProtoWriter out = new ProtoWriter(4096);
  private final QueryBudget budget;
  private final SampleColumns samples = new SampleColumns();

  public RemoteReadSamplesWriter(QueryBudget budget) {
    this.budget = budget;
  }

  /// Appends the result of the next query; reads the cursor to its end, does not close it.
  public void query(SeriesCursor cursor) {
    int result = out.begin(1);
    while (cursor.next()) {
      budget.check();
      cursor.samples(samples);
      if (samples.isEmpty()) {
        continue;
      }
      int before = out.size();
      int series = out.begin(1);
      labels(out, cursor.labels());
      for (int i = 0; i < samples.size(); i++) {
        if (!samples.isHistogram(i)) {
          int m = out.begin(2);
          out.float64(1, samples.value(i));
          out.varint(2, samples.timestamp(i));
          out.end(m);
        }
      }
      for (int i = 0; samples.hasHistograms() && i < samples.size(); i++) {
        if (samples.isHistogram(i)) {
          int m = out.begin(4);
          histogram(out, samples.timestamp(i), samples.histogram(i));
          out.end(m);
        }
      }
      out.end(series);
      budget.charge(out.size() - before);
    }
    out.end(result);
  }

  public byte[] toByteArray() {
    return out.toByteArray();
  }

  static void labels(ProtoWriter out, Labels labels) {
    for (int i = 0; i < labels.size(); i++) {
      int m = out.begin(1);
      out.string(1, labels.name(i));
      out.string(2, labels.value(i));
      out.end(m);
    }
  }

  private static void histogram(ProtoWriter out, long timestamp, NativeHistogram h) {
    if (h.integer()) {
      out.varint(1, (long) h.count());
      out.varint(6, (long) h.zeroCount());
    } else {
      // Written even when zero: the field tells that the histogram is a float one.
      out.rawVarint(2 << 3 | 1);
      out.fixed64(Double.doubleToRawLongBits(h.count()));
      out.float64(7, h.zeroCount());
    }
    out.float64(3, h.sum());
    out.sint(4, h.schema());
    out.float64(5, h.zeroThreshold());
    buckets(out, 8, h.negativeSpans(), h.negativeBuckets(), h.integer());
    buckets(out, 11, h.positiveSpans(), h.positiveBuckets(), h.integer());
    out.varint(14, h.resetHint().ordinal());
    out.varint(15, timestamp);
    if (h.customValues().length > 0) {
      doubles(out, 16, h.customValues());
    }
  }

  private static void buckets(
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
    if (!integer) {
      doubles(out, field + 2, buckets);
      return;
    }
    int m = out.begin(field + 1);
    long previous = 0;
    for (double bucket : buckets) {
      long delta = (long) bucket - previous;
      previous = (long) bucket;
      out.rawVarint(delta << 1 ^ delta >> 63);
    }
    out.end(m);
  }

  private static void doubles(ProtoWriter out, int field, double[] values) {
    int m = out.begin(field);
    for (double v : values) {
      out.fixed64(Double.doubleToRawLongBits(v));
    }
    out.end(m);
  }
}
