package io.foursight.wire.otlp;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.StaleMarker;
import io.foursight.wire.metrics.HistogramResolution;
import io.foursight.wire.metrics.LabelBuffer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Translates an OTLP metrics request into a batch.
///
/// | OTLP | batch |
/// | --- | --- |
/// | gauge, sum | one float series |
/// | histogram | `_bucket{le}` cumulative, `_sum` if set, `_count`; or one with custom buckets |
/// | exponential histogram | a native histogram |
/// | summary | `{quantile}`, `_sum`, `_count` |
/// | resource | `job`, `instance`, promoted labels, `target_info` |
///
/// Label bytes are canonical. A point without a recorded value is a stale marker. Start timestamps
/// are kept. **Delta temporality is stored as it came**: every sample is the change since its start
/// timestamp (histograms carry the gauge hint), so `sum_over_time` is the increase. Points that
/// have no translation are reported by [#rejections()].
///
/// The batch is valid until the next call. Reused; owned by one thread.
public final class OtlpMetricsTranslator {
  private static final long TARGET_INFO_INTERVAL_MILLIS = 150_000;
  private static final int MAX_TARGET_INFO_SAMPLES = 100;
  private static final int MAX_EXEMPLAR_RUNES = 128;
  private static final byte[] NO_EXTRA = {};
  private static final byte[] INF = utf8("+Inf");

  private final LabelBuffer buffer = new LabelBuffer();
  private final SortedLabels labels = new SortedLabels();
  private final List<Rejection> rejections = new ArrayList<>();
  private OtlpMetricsOptions options = OtlpMetricsOptions.defaults();
  private OtlpNames names = new OtlpNames(options.strategy());
  private MetricsBatch batch = new MetricsBatch(new byte[0]);
  private OtlpResource resource = new OtlpResource(List.of(), options, names);
  private List<String> scopeLabels = List.of();
  private long earliestMillis;
  private long latestMillis;
  private long pointMillis;
  private long points;

  /// @param into reset here
  public void translate(
      ExportMetricsServiceRequest request, OtlpMetricsOptions newOptions, MetricsBatch into) {
    buffer.clear();
    rejections.clear();
    options = newOptions;
    names = new OtlpNames(options.strategy());
    batch = into;
    batch.reset(buffer.array());
    points = 0;
    for (ResourceMetrics resourceMetrics : request.getResourceMetricsList()) {
      resource(resourceMetrics);
    }
    batch.body(buffer.array());
  }

  public List<Rejection> rejections() {
    return rejections;
  }

  /// Data points in the last request.
  public long points() {
    return points;
  }

  private void resource(ResourceMetrics resourceMetrics) {
    resource = new OtlpResource(resourceMetrics.getResource().getAttributesList(), options, names);
    earliestMillis = Long.MAX_VALUE;
    latestMillis = Long.MIN_VALUE;
    for (ScopeMetrics scope : resourceMetrics.getScopeMetricsList()) {
      scopeLabels = options.scopeLabels() ? scopeLabels(scope) : List.of();
      for (Metric metric : scope.getMetricsList()) {
        metric(metric);
      }
    }
    if (latestMillis != Long.MIN_VALUE) {
      targetInfo();
    }
  }

  private List<String> scopeLabels(ScopeMetrics scope) {
    var pairs = new ArrayList<String>();
    for (KeyValue attribute : scope.getScope().getAttributesList()) {
      pairs.add("otel_scope_" + names.label(attribute.getKey()));
      pairs.add(OtlpValues.text(attribute.getValue()));
    }
    pairs.addAll(
        List.of(
            "otel_scope_name",
            scope.getScope().getName(),
            "otel_scope_version",
            scope.getScope().getVersion(),
            "otel_scope_schema_url",
            scope.getSchemaUrl()));
    return pairs;
  }

  private void metric(Metric metric) {
    switch (metric.getDataCase()) {
      case GAUGE -> {
        int n = metric.getGauge().getDataPointsCount();
        String name = name(metric, OtlpNames.Kind.GAUGE, n);
        if (!name.isEmpty()) {
          metadata(metric, name, MetricMetadata.Type.GAUGE);
          metric.getGauge().getDataPointsList().forEach(p -> number(utf8(name), p, false));
        }
      }
      case SUM -> sum(metric, metric.getSum());
      case HISTOGRAM -> {
        var histogram = metric.getHistogram();
        String name = name(metric, OtlpNames.Kind.OTHER, histogram.getDataPointsCount());
        if (!name.isEmpty()) {
          metadata(metric, name, MetricMetadata.Type.HISTOGRAM);
          boolean delta = isDelta(histogram.getAggregationTemporality());
          for (HistogramDataPoint p : histogram.getDataPointsList()) {
            if (options.customBuckets()) {
              customHistogram(name, p, delta);
            } else {
              classicHistogram(name, p);
            }
          }
        }
      }
      case EXPONENTIAL_HISTOGRAM -> {
        var histogram = metric.getExponentialHistogram();
        String name = name(metric, OtlpNames.Kind.OTHER, histogram.getDataPointsCount());
        if (!name.isEmpty()) {
          metadata(metric, name, MetricMetadata.Type.HISTOGRAM);
          boolean delta = isDelta(histogram.getAggregationTemporality());
          histogram.getDataPointsList().forEach(p -> exponential(name, p, delta));
        }
      }
      case SUMMARY -> {
        var summary = metric.getSummary();
        String name = name(metric, OtlpNames.Kind.OTHER, summary.getDataPointsCount());
        if (!name.isEmpty()) {
          metadata(metric, name, MetricMetadata.Type.SUMMARY);
          summary.getDataPointsList().forEach(p -> summary(name, p));
        }
      }
      case DATA_NOT_SET ->
          reject(
              "otlp_no_data", "metric \"" + metric.getName() + "\" has no data of a known type", 1);
    }
  }

  private void sum(Metric metric, Sum sum) {
    boolean delta = isDelta(sum.getAggregationTemporality());
    boolean counter = sum.getIsMonotonic();
    String name =
        name(
            metric,
            counter ? OtlpNames.Kind.COUNTER : OtlpNames.Kind.OTHER,
            sum.getDataPointsCount());
    if (!name.isEmpty()) {
      metadata(
          metric,
          name,
          !counter
              ? MetricMetadata.Type.GAUGE
              : delta ? MetricMetadata.Type.UNKNOWN : MetricMetadata.Type.COUNTER);
      sum.getDataPointsList().forEach(p -> number(utf8(name), p, true));
    }
  }

  private String name(Metric metric, OtlpNames.Kind kind, int pointCount) {
    points += pointCount;
    String name = names.metric(metric.getName(), metric.getUnit(), kind);
    if (name.isEmpty()) {
      reject(
          "otlp_empty_name",
          "metric name \"" + metric.getName() + "\" is empty after translation",
          pointCount);
    }
    return name;
  }

  private void metadata(Metric metric, String name, MetricMetadata.Type type) {
    batch.addMetadata(new MetricMetadata(name, type, metric.getDescription(), metric.getUnit()));
  }

  private void number(byte[] name, NumberDataPoint p, boolean withStart) {
    long timestamp = seen(p.getTimeUnixNano());
    attributes(p.getAttributesList());
    series(name, "", NO_EXTRA);
    double value =
        noValue(p.getFlags())
            ? StaleMarker.VALUE
            : p.getValueCase() == NumberDataPoint.ValueCase.AS_INT ? p.getAsInt() : p.getAsDouble();
    long start = withStart ? start(p.getStartTimeUnixNano(), timestamp) : 0;
    batch.addSample(timestamp, start, value);
    for (var exemplar : p.getExemplarsList()) {
      exemplar(exemplar);
    }
  }

  private void classicHistogram(String name, HistogramDataPoint p) {
    int bounds = p.getExplicitBoundsCount();
    if (p.getBucketCountsCount() != bounds + 1 && p.getBucketCountsCount() != 0) {
      reject(
          "otlp_bucket_counts",
          "histogram \""
              + name
              + "\" has "
              + p.getBucketCountsCount()
              + " bucket counts for "
              + bounds
              + " explicit bounds",
          1);
      return;
    }
    long timestamp = seen(p.getTimeUnixNano());
    long start = start(p.getStartTimeUnixNano(), timestamp);
    boolean stale = noValue(p.getFlags());
    double count = ExponentialBuckets.unsigned(p.getCount());
    attributes(p.getAttributesList());
    if (p.hasSum()) {
      sample(utf8(name + "_sum"), "", NO_EXTRA, timestamp, start, stale, p.getSum());
    }
    sample(utf8(name + "_count"), "", NO_EXTRA, timestamp, start, stale, count);
    byte[] bucket = utf8(name + "_bucket");
    var exemplars = new ArrayList<>(p.getExemplarsList());
    double cumulative = 0;
    for (int i = 0; i < bounds && p.getBucketCountsCount() > 0; i++) {
      double bound = p.getExplicitBounds(i);
      if (bound == Double.POSITIVE_INFINITY) {
        break;
      }
      cumulative += ExponentialBuckets.unsigned(p.getBucketCounts(i));
      sample(bucket, "le", utf8(OtlpValues.plain(bound)), timestamp, start, stale, cumulative);
      exemplars.removeIf(e -> {
        boolean here = value(e) <= bound;
        if (here) {
          exemplar(e);
        }
        return here;
      });
    }
    sample(bucket, "le", INF, timestamp, start, stale, count);
    exemplars.forEach(this::exemplar);
  }

  private void customHistogram(String name, HistogramDataPoint p, boolean delta) {
    long timestamp = seen(p.getTimeUnixNano());
    int bounds = p.getExplicitBoundsCount();
    if (bounds > 0 && p.getExplicitBounds(bounds - 1) == Double.POSITIVE_INFINITY) {
      bounds--;
    }
    double[] upper = new double[bounds];
    for (int i = 0; i < bounds; i++) {
      upper[i] = p.getExplicitBounds(i);
    }
    double[] dense = new double[Math.min(p.getBucketCountsCount(), bounds + 1)];
    for (int i = 0; i < dense.length; i++) {
      dense[i] = ExponentialBuckets.unsigned(p.getBucketCounts(i));
    }
    HistogramResolution.Buckets buckets = ExponentialBuckets.sparse(0, dense);
    var histogram =
        noValue(p.getFlags())
            ? NativeHistogram.stale()
            : new NativeHistogram(
                true,
                delta ? ResetHint.GAUGE : ResetHint.UNKNOWN,
                NativeHistogram.CUSTOM_BUCKETS,
                0,
                0,
                ExponentialBuckets.unsigned(p.getCount()),
                p.hasSum() ? p.getSum() : 0,
                buckets.spans(),
                buckets.counts(),
                new int[0],
                new double[0],
                upper);
    attributes(p.getAttributesList());
    series(utf8(name), "", NO_EXTRA);
    batch.addHistogram(timestamp, start(p.getStartTimeUnixNano(), timestamp), histogram);
    p.getExemplarsList().forEach(this::exemplar);
  }

  private void exponential(String name, ExponentialHistogramDataPoint p, boolean delta) {
    NativeHistogram histogram;
    try {
      histogram = ExponentialBuckets.translate(p, delta, noValue(p.getFlags()));
    } catch (FoursightException e) {
      reject("otlp_scale", "exponential histogram \"" + name + "\": " + e.getMessage(), 1);
      return;
    }
    long timestamp = seen(p.getTimeUnixNano());
    attributes(p.getAttributesList());
    series(utf8(name), "", NO_EXTRA);
    batch.addHistogram(timestamp, start(p.getStartTimeUnixNano(), timestamp), histogram);
    p.getExemplarsList().forEach(this::exemplar);
  }

  private void summary(String name, SummaryDataPoint p) {
    long timestamp = seen(p.getTimeUnixNano());
    long start = start(p.getStartTimeUnixNano(), timestamp);
    boolean stale = noValue(p.getFlags());
    attributes(p.getAttributesList());
    sample(utf8(name + "_sum"), "", NO_EXTRA, timestamp, start, stale, p.getSum());
    double count = ExponentialBuckets.unsigned(p.getCount());
    sample(utf8(name + "_count"), "", NO_EXTRA, timestamp, start, stale, count);
    for (var quantile : p.getQuantileValuesList()) {
      sample(
          utf8(name),
          "quantile",
          utf8(OtlpValues.plain(quantile.getQuantile())),
          timestamp,
          start,
          stale,
          quantile.getValue());
    }
  }

  private void targetInfo() {
    labels.clear();
    if (!resource.targetInfo(labels)) {
      return;
    }
    series(utf8("target_info"), "", NO_EXTRA);
    long span = MAX_TARGET_INFO_SAMPLES * TARGET_INFO_INTERVAL_MILLIS;
    long from = Math.max(earliestMillis, latestMillis > span ? latestMillis - span : 0);
    for (long t = from; t < latestMillis; t += TARGET_INFO_INTERVAL_MILLIS) {
      batch.addSample(t, 1);
    }
    batch.addSample(latestMillis, 1);
    batch.addMetadata(
        new MetricMetadata("target_info", MetricMetadata.Type.INFO, "Target metadata", ""));
  }

  /// Fills the labels of a data point: its attributes, what the resource and the scope add, and
  /// `job` and `instance` over all of them.
  private void attributes(List<KeyValue> attributes) {
    labels.clear();
    var sorted = attributes;
    if (attributes.size() > 1) {
      sorted = new ArrayList<>(attributes);
      sorted.sort((a, b) -> Labels.compareText(a.getKey(), b.getKey()));
    }
    for (KeyValue attribute : sorted) {
      labels.join(names.label(attribute.getKey()), OtlpValues.text(attribute.getValue()));
    }
    for (int i = 0; i < scopeLabels.size(); i += 2) {
      labels.set(scopeLabels.get(i), scopeLabels.get(i + 1));
    }
    resource.addTo(labels);
  }

  private void series(byte[] metric, String extraName, byte[] extraValue) {
    int from = buffer.size();
    labels.encode(buffer, metric, extraName, extraValue);
    batch.beginSeries(from, buffer.size() - from);
  }

  private void sample(
      byte[] metric,
      String extraName,
      byte[] extraValue,
      long timestamp,
      long start,
      boolean stale,
      double value) {
    series(metric, extraName, extraValue);
    batch.addSample(timestamp, start, stale ? StaleMarker.VALUE : value);
  }

  private void exemplar(io.opentelemetry.proto.metrics.v1.Exemplar exemplar) {
    var pairs = new ArrayList<String>();
    if (!exemplar.getTraceId().isEmpty()) {
      pairs.addAll(List.of("trace_id", OtlpJson.hex(exemplar.getTraceId())));
    }
    if (!exemplar.getSpanId().isEmpty()) {
      pairs.addAll(List.of("span_id", OtlpJson.hex(exemplar.getSpanId())));
    }
    int runes = pairs.stream().mapToInt(String::length).sum();
    var more = new ArrayList<String>();
    for (KeyValue attribute : exemplar.getFilteredAttributesList()) {
      String value = OtlpValues.text(attribute.getValue());
      String key = names.label(attribute.getKey());
      runes += key.codePointCount(0, key.length()) + value.codePointCount(0, value.length());
      more.add(key);
      more.add(value);
    }
    if (runes <= MAX_EXEMPLAR_RUNES) {
      // Ids win over attributes of the same name.
      more.addAll(pairs);
      pairs = more;
    }
    if (!pairs.isEmpty()) {
      batch.addExemplar(
          new Exemplar(
              Labels.of(pairs.toArray(new String[0])),
              value(exemplar),
              exemplar.getTimeUnixNano() == 0
                  ? pointMillis
                  : Long.divideUnsigned(exemplar.getTimeUnixNano(), 1_000_000)));
    }
  }

  private static double value(io.opentelemetry.proto.metrics.v1.Exemplar e) {
    return e.getValueCase() == io.opentelemetry.proto.metrics.v1.Exemplar.ValueCase.AS_INT
        ? e.getAsInt()
        : e.getAsDouble();
  }

  private long seen(long unixNanos) {
    long millis = Long.divideUnsigned(unixNanos, 1_000_000);
    earliestMillis = Math.min(earliestMillis, millis);
    latestMillis = Math.max(latestMillis, millis);
    pointMillis = millis;
    return millis;
  }

  private static long start(long unixNanos, long timestamp) {
    long millis = Long.divideUnsigned(unixNanos, 1_000_000);
    return millis <= timestamp ? millis : 0;
  }

  private static boolean noValue(int flags) {
    return (flags & DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE) != 0;
  }

  private static boolean isDelta(AggregationTemporality temporality) {
    return temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  }

  private void reject(String reason, String message, int count) {
    for (int i = 0; i < rejections.size(); i++) {
      Rejection r = rejections.get(i);
      if (r.reason().equals(reason)) {
        rejections.set(i, new Rejection(reason, r.kind(), r.message(), r.count() + count));
        return;
      }
    }
    rejections.add(new Rejection(reason, ErrorKind.BAD_DATA, message, count));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
