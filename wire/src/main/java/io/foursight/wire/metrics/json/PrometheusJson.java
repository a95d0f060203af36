package io.foursight.wire.metrics.json;

import io.foursight.model.Labels;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryResult.InstantSample;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryResult.RangeSeries;
import io.foursight.model.metrics.MetricsQueryResult.Scalar;
import io.foursight.model.metrics.MetricsQueryResult.Text;
import io.foursight.model.metrics.MetricsQueryResult.Vector;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.wire.json.JsonBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The response bodies of Prometheus's HTTP API as Prometheus 3.14 writes them.
///
/// Envelope: `{"status":"success","data":…,"warnings":[…],"infos":[…]}` or
/// `{"status":"error","errorType":"…","error":"…"}`; `warnings` and `infos` are absent when empty
/// and end after ten with a line that counts the rest. Values are strings, times are numbers of
/// seconds, `resultType` comes before `result`. Stateless.
public final class PrometheusJson {
  private static final int MAX_ANNOTATIONS = 10;

  private PrometheusJson() {}

  /// A successful answer with the data that `data` writes.
  public static void success(JsonBuffer out, Consumer<JsonBuffer> data, Annotations annotations) {
    out.raw("{\"status\":\"success\",\"data\":");
    data.accept(out);
    annotations(out, annotations);
    out.raw('}');
  }

  /// A failure; `errorType` is Prometheus's word, such as `bad_data`.
  public static byte[] error(String errorType, String message) {
    var out = new JsonBuffer();
    out.raw("{\"status\":\"error\",\"errorType\":").text(errorType);
    out.raw(",\"error\":").text(message).raw('}');
    return out.toByteArray();
  }

  private static void annotations(JsonBuffer out, Annotations annotations) {
    notes(out, "warnings", "warning", annotations.warnings());
    notes(out, "infos", "info", annotations.infos());
  }

  private static void notes(JsonBuffer out, String key, String noun, List<String> texts) {
    if (texts.isEmpty()) {
      return;
    }
    out.raw(",\"").raw(key).raw("\":[");
    int shown = Math.min(texts.size(), MAX_ANNOTATIONS);
    for (int i = 0; i < shown; i++) {
      comma(out, i).text(texts.get(i));
    }
    if (texts.size() > shown) {
      out.raw(',').text(texts.size() - shown + " more " + noun + " annotations omitted");
    }
    out.raw(']');
  }

  /// The `data` of `query` and `query_range`.
  ///
  /// @param stats encoded `stats` object, if it was asked for
  public static void queryData(
      JsonBuffer out, MetricsQueryResult.Value value, Optional<byte[]> stats) {
    switch (value) {
      case Scalar s -> {
        out.raw("{\"resultType\":\"scalar\",\"result\":[").timestamp(s.timestampMillis());
        out.raw(',').sampleValue(s.value()).raw(']');
      }
      case Text t -> {
        out.raw("{\"resultType\":\"string\",\"result\":[").timestamp(t.timestampMillis());
        out.raw(',').text(t.value()).raw(']');
      }
      case Vector v -> {
        out.raw("{\"resultType\":\"vector\",\"result\":[");
        for (int i = 0; i < v.samples().size(); i++) {
          instantSample(comma(out, i), v.samples().get(i));
        }
        out.raw(']');
      }
      case Matrix m -> {
        out.raw("{\"resultType\":\"matrix\",\"result\":[");
        for (int i = 0; i < m.series().size(); i++) {
          rangeSeries(comma(out, i), m.series().get(i));
        }
        out.raw(']');
      }
    }
    stats.ifPresent(json -> out.raw(",\"stats\":").raw(json));
    out.raw('}');
  }

  private static void instantSample(JsonBuffer out, InstantSample sample) {
    labels(out.raw("{\"metric\":"), sample.labels());
    if (sample.samples().isHistogram(0)) {
      out.raw(",\"histogram\":");
    } else {
      out.raw(",\"value\":");
    }
    row(out, sample.samples(), 0);
    out.raw('}');
  }

  private static void rangeSeries(JsonBuffer out, RangeSeries series) {
    labels(out.raw("{\"metric\":"), series.labels());
    SampleColumns samples = series.samples();
    rows(out, samples, false, ",\"values\":[");
    if (samples.hasHistograms()) {
      rows(out, samples, true, ",\"histograms\":[");
    }
    out.raw('}');
  }

  private static void rows(JsonBuffer out, SampleColumns samples, boolean histograms, String open) {
    boolean any = false;
    for (int i = 0; i < samples.size(); i++) {
      if (samples.isHistogram(i) == histograms) {
        out.raw(any ? "," : open);
        any = true;
        row(out, samples, i);
      }
    }
    if (any) {
      out.raw(']');
    }
  }

  private static void row(JsonBuffer out, SampleColumns samples, int row) {
    out.raw('[').timestamp(samples.timestamp(row)).raw(',');
    if (samples.isHistogram(row)) {
      HistogramJson.write(out, samples.histogram(row));
    } else {
      out.sampleValue(samples.value(row));
    }
    out.raw(']');
  }

  /// `{"name":"value",…}`.
  public static void labels(JsonBuffer out, Labels labels) {
    out.raw('{');
    for (int i = 0; i < labels.size(); i++) {
      comma(out, i).text(labels.name(i)).raw(':').text(labels.value(i));
    }
    out.raw('}');
  }

  /// `["…",…]`.
  public static void texts(JsonBuffer out, List<String> texts) {
    out.raw('[');
    for (int i = 0; i < texts.size(); i++) {
      comma(out, i).text(texts.get(i));
    }
    out.raw(']');
  }

  /// The `data` of `metadata`: families in the map's order.
  public static void metadata(JsonBuffer out, Map<String, List<MetricMetadata>> families) {
    out.raw('{');
    int n = 0;
    for (var family : families.entrySet()) {
      comma(out, n++).text(family.getKey()).raw(":[");
      for (int i = 0; i < family.getValue().size(); i++) {
        MetricMetadata m = family.getValue().get(i);
        comma(out, i).raw("{\"type\":").text(m.type().name().toLowerCase(Locale.ROOT));
        out.raw(",\"help\":").text(m.help()).raw(",\"unit\":").text(m.unit()).raw('}');
      }
      out.raw(']');
    }
    out.raw('}');
  }

  /// The `data` of `query_exemplars`.
  public static void exemplars(JsonBuffer out, List<ExemplarSeries> series) {
    out.raw('[');
    for (int i = 0; i < series.size(); i++) {
      labels(comma(out, i).raw("{\"seriesLabels\":"), series.get(i).labels());
      out.raw(",\"exemplars\":[");
      List<Exemplar> exemplars = series.get(i).exemplars();
      for (int j = 0; j < exemplars.size(); j++) {
        Exemplar e = exemplars.get(j);
        labels(comma(out, j).raw("{\"labels\":"), e.labels());
        out.raw(",\"value\":").sampleValue(e.value());
        out.raw(",\"timestamp\":").timestamp(e.timestampMillis()).raw('}');
      }
      out.raw("]}");
    }
    out.raw(']');
  }

  private static JsonBuffer comma(JsonBuffer out, int index) {
    return index > 0 ? out.raw(',') : out;
  }
}
