package io.foursight.wire.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.StaleMarker;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Requests are written as OTLP/JSON, which is the readable form and tests that codec with them.
class OtlpMetricsTranslatorTest {
  private final OtlpMetricsTranslator translator = new OtlpMetricsTranslator();
  private final MetricsBatch batch = new MetricsBatch(new byte[0]);
  private OtlpMetricsOptions options = OtlpMetricsOptions.defaults();

  private static final String RESOURCE =
      """
      {"attributes": [
        {"key": "service.name", "value": {"stringValue": "cart"}},
        {"key": "service.namespace", "value": {"stringValue": "shop"}},
        {"key": "service.instance.id", "value": {"stringValue": "i-1"}},
        {"key": "host.name", "value": {"stringValue": "h1"}}]}
      """;

  private void translate(String metric) {
    translateAll(RESOURCE, metric);
  }

  private void translateAll(String resource, String metric) {
    String json =
        """
        {"resourceMetrics": [{"resource": %s, "scopeMetrics": [
          {"scope": {"name": "lib", "version": "1.2", "attributes": [
             {"key": "team", "value": {"stringValue": "x"}}]},
           "schemaUrl": "http://schema", "metrics": [%s]}]}]}
        """
            .formatted(resource, metric);
    var request = ExportMetricsServiceRequest.newBuilder();
    new OtlpJson().read(json.getBytes(StandardCharsets.UTF_8), request);
    translator.translate(request.build(), options, batch);
  }

  /// `name{labels} timestamp[<start] value` of every float sample but target_info's.
  private List<String> samples() {
    var all = new ArrayList<String>();
    for (int i = 0; i < batch.seriesCount(); i++) {
      String labels = labels(i);
      if (labels.startsWith("target_info")) {
        continue;
      }
      for (int r = batch.sampleStart(i); r < batch.sampleEnd(i); r++) {
        String start = batch.startTimestamp(r) == 0 ? "" : "<" + batch.startTimestamp(r);
        String value = StaleMarker.isStale(batch.values()[r]) ? "stale" : "" + batch.values()[r];
        all.add(labels + " " + batch.timestamps()[r] + start + " " + value);
      }
    }
    return all;
  }

  private String labels(int i) {
    var labels = LabelBytes.decode(batch.labelBytes(i), batch.labelOffset(i), batch.labelLength(i));
    byte[] range = new byte[batch.labelLength(i)];
    System.arraycopy(batch.labelBytes(i), batch.labelOffset(i), range, 0, range.length);
    assertThat(range).as("canonical").isEqualTo(LabelBytes.encode(labels));
    return labels.metricName() + labels.drop("__name__");
  }

  private static final String WHO = "instance=\"i-1\", job=\"shop/cart\"";

  @Test
  void gauge_isOneFloatSeriesWithJobAndInstance() {
    translate(
        """
        {"name": "queue.depth", "gauge": {"dataPoints": [
          {"timeUnixNano": "1790000000123456789", "asInt": "7",
           "startTimeUnixNano": "1780000000000000000",
           "attributes": [{"key": "q.name", "value": {"stringValue": "in"}}]},
          {"timeUnixNano": 1790000001000000000, "asDouble": 0.5}]}}
        """);
    assertThat(samples())
        .containsExactly(
            "queue_depth{" + WHO + ", q_name=\"in\"} 1790000000123 7.0",
            "queue_depth{" + WHO + "} 1790000001000 0.5");
    assertThat(translator.rejections()).isEmpty();
    assertThat(translator.points()).isEqualTo(2);
  }

  @Test
  void monotonicSum_isACounterWithItsStartTimestamp() {
    translate(
        """
        {"name": "orders", "description": "Orders.", "sum": {"isMonotonic": true,
          "aggregationTemporality": "AGGREGATION_TEMPORALITY_CUMULATIVE", "dataPoints": [
          {"startTimeUnixNano": "1780000000000000000", "timeUnixNano": "1790000000000000000",
           "asInt": 3}]}}
        """);
    assertThat(samples())
        .containsExactly("orders_total{" + WHO + "} 1790000000000<1780000000000 3.0");
    assertThat(batch.metadata())
        .contains(new MetricMetadata("orders_total", MetricMetadata.Type.COUNTER, "Orders.", ""));
  }

  @Test
  void deltaSum_isStoredAsItCameWithItsStart() {
    translate(
        """
        {"name": "orders", "sum": {"isMonotonic": true, "aggregationTemporality": 1, "dataPoints": [
          {"startTimeUnixNano": "1789999990000000000", "timeUnixNano": "1790000000000000000",
           "asInt": "3"}]}}
        """);
    assertThat(samples())
        .containsExactly("orders_total{" + WHO + "} 1790000000000<1789999990000 3.0");
  }

  @Test
  void histogram_becomesCumulativeBucketsSumAndCount() {
    translate(
        """
        {"name": "latency", "unit": "s", "histogram": {"aggregationTemporality": 2, "dataPoints": [
          {"timeUnixNano": "1790000000000000000", "count": "6", "sum": 12.5,
           "explicitBounds": [0.1, 1, 2.5], "bucketCounts": ["1", "2", "0", "3"],
           "exemplars": [{"timeUnixNano": "1790000000000000000", "asDouble": 0.5,
             "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708",
             "filteredAttributes": [{"key": "user", "value": {"intValue": 5}}]}]}]}}
        """);
    assertThat(samples())
        .containsExactly(
            "latency_seconds_sum{" + WHO + "} 1790000000000 12.5",
            "latency_seconds_count{" + WHO + "} 1790000000000 6.0",
            "latency_seconds_bucket{" + WHO + ", le=\"0.1\"} 1790000000000 1.0",
            "latency_seconds_bucket{" + WHO + ", le=\"1\"} 1790000000000 3.0",
            "latency_seconds_bucket{" + WHO + ", le=\"2.5\"} 1790000000000 3.0",
            "latency_seconds_bucket{" + WHO + ", le=\"+Inf\"} 1790000000000 6.0");
    assertThat(batch.exemplars()).hasSize(1);
    var exemplar = batch.exemplars().getFirst();
    assertThat(labels(exemplar.series())).contains("le=\"1\"");
    assertThat(exemplar.exemplar().labels().toString())
        .isEqualTo(
            "{span_id=\"0102030405060708\", trace_id=\"0102030405060708090a0b0c0d0e0f10\","
                + " user=\"5\"}");
  }

  @Test
  void histogram_becomesNativeWithCustomBucketsWhereAsked() {
    options = new OtlpMetricsOptions(options.strategy(), List.of(), false, false, true, false);
    translate(
        """
        {"name": "latency", "histogram": {"aggregationTemporality": 2, "dataPoints": [
          {"timeUnixNano": "1790000000000000000", "count": "6", "sum": 12.5,
           "explicitBounds": [0.1, 1, 2.5], "bucketCounts": ["1", "2", "0", "3"]}]}}
        """);
    assertThat(samples()).isEmpty();
    assertThat(batch.histogram(0))
        .isEqualTo(
            new NativeHistogram(
                true,
                ResetHint.UNKNOWN,
                -53,
                0,
                0,
                6,
                12.5,
                new int[] {0, 4},
                new double[] {1, 2, 0, 3},
                new int[0],
                new double[0],
                new double[] {0.1, 1, 2.5}));
  }

  @Test
  void exponentialHistogram_becomesNative() {
    translate(
        """
        {"name": "payload", "unit": "By", "exponentialHistogram": {"aggregationTemporality": 2,
          "dataPoints": [{"timeUnixNano": "1790000000000000000", "count": "9", "sum": 42,
            "scale": 3, "zeroCount": "1",
            "positive": {"offset": 2, "bucketCounts": ["1", "0", "0", "2", "0", "0", "0", "3"]},
            "negative": {"offset": -5, "bucketCounts": [2]}}]}}
        """);
    assertThat(batch.histogram(0))
        .isEqualTo(
            new NativeHistogram(
                true,
                ResetHint.UNKNOWN,
                3,
                1e-128,
                1,
                9,
                42,
                new int[] {3, 4, 3, 1},
                new double[] {1, 0, 0, 2, 3},
                new int[] {-4, 1},
                new double[] {2},
                new double[0]));
    assertThat(labels(0)).isEqualTo("payload_bytes{" + WHO + "}");
  }

  /// Scale 10 is 8 after merging four buckets into one: OTLP bucket i becomes i >> 2.
  @Test
  void exponentialHistogramOfAFinerScale_isMergedDown() {
    translate(
        """
        {"name": "p", "exponentialHistogram": {"aggregationTemporality": 1, "dataPoints": [
          {"timeUnixNano": "1790000000000000000", "count": "21", "scale": 10,
           "positive": {"offset": -2, "bucketCounts": [1, 2, 3, 4, 5, 6]}}]}}
        """);
    var h = batch.histogram(0);
    assertThat(h.schema()).isEqualTo(8);
    assertThat(h.resetHint()).isEqualTo(ResetHint.GAUGE);
    assertThat(h.positiveSpans()).containsExactly(0, 2);
    assertThat(h.positiveBuckets()).containsExactly(3, 18);
  }

  @Test
  void exponentialHistogramBelowScaleMinus4_isRejectedAlone() {
    translate(
        """
        {"name": "p", "exponentialHistogram": {"dataPoints": [
          {"timeUnixNano": "1790000000000000000", "scale": -5}]}},
        {"name": "g", "gauge": {"dataPoints": [{"timeUnixNano": "1790000000000000000", "asInt": 1}]}}
        """);
    assertThat(samples()).containsExactly("g{" + WHO + "} 1790000000000 1.0");
    assertThat(translator.rejections()).hasSize(1);
    assertThat(translator.rejections().getFirst().message())
        .contains("scale must be >= -4, was -5");
  }

  @Test
  void summary_becomesQuantilesSumAndCount() {
    translate(
        """
        {"name": "s", "summary": {"dataPoints": [
          {"timeUnixNano": "1790000000000000000", "count": "4", "sum": 8,
           "quantileValues": [{"quantile": 0.5, "value": 1.5}, {"quantile": 1, "value": 3}]}]}}
        """);
    assertThat(samples())
        .containsExactly(
            "s_sum{" + WHO + "} 1790000000000 8.0",
            "s_count{" + WHO + "} 1790000000000 4.0",
            "s{" + WHO + ", quantile=\"0.5\"} 1790000000000 1.5",
            "s{" + WHO + ", quantile=\"1\"} 1790000000000 3.0");
  }

  @Test
  void pointsWithoutARecordedValue_areStaleMarkers() {
    translate(
        """
        {"name": "g", "gauge": {"dataPoints": [
          {"timeUnixNano": "1790000000000000000", "flags": 1}]}},
        {"name": "e", "exponentialHistogram": {"dataPoints": [
          {"timeUnixNano": "1790000000000000000", "flags": 1}]}}
        """);
    assertThat(samples()).containsExactly("g{" + WHO + "} 1790000000000 stale");
    assertThat(batch.histogram(0).isStale()).isTrue();
  }

  @Test
  void targetInfo_carriesTheOtherAttributesOverTheTimeOfThePoints() {
    translate(
        """
        {"name": "g", "gauge": {"dataPoints": [
          {"timeUnixNano": "1790000000000000000", "asInt": 1},
          {"timeUnixNano": "1790000200000000000", "asInt": 1}]}}
        """);
    int last = batch.seriesCount() - 1;
    assertThat(labels(last)).isEqualTo("target_info{host_name=\"h1\", " + WHO + "}");
    var times = new ArrayList<Long>();
    for (int r = batch.sampleStart(last); r < batch.sampleEnd(last); r++) {
      times.add(batch.timestamps()[r]);
      assertThat(batch.values()[r]).isEqualTo(1);
    }
    assertThat(times).containsExactly(1_790_000_000_000L, 1_790_000_150_000L, 1_790_000_200_000L);
  }

  @Test
  void targetInfo_needsAnAttributeToTellAndAServiceToTellItAbout() {
    String point =
        """
        {"name": "g", "gauge": {"dataPoints": [{"timeUnixNano": "1790000000000000000", "asInt": 1}]}}
        """;
    translateAll(
        """
        {"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]}
        """,
        point);
    assertThat(batch.seriesCount()).isEqualTo(1);
    translateAll(
        """
        {"attributes": [{"key": "host.name", "value": {"stringValue": "h"}}]}
        """,
        point);
    assertThat(batch.seriesCount()).isEqualTo(1);
  }

  @Test
  void promotedAttributesAndScope_becomeLabelsWhereAsked() {
    options =
        new OtlpMetricsOptions(options.strategy(), List.of("host.name"), false, false, false, true);
    translate(
        """
        {"name": "g", "gauge": {"dataPoints": [{"timeUnixNano": "1790000000000000000", "asInt": 1}]}}
        """);
    assertThat(samples().getFirst())
        .startsWith(
            "g{host_name=\"h1\", "
                + WHO
                + ", otel_scope_name=\"lib\","
                + " otel_scope_schema_url=\"http://schema\", otel_scope_team=\"x\","
                + " otel_scope_version=\"1.2\"}");
  }

  @Test
  void attributesThatShareAName_areJoinedInKeyOrder() {
    translate(
        """
        {"name": "g", "gauge": {"dataPoints": [
          {"timeUnixNano": "1790000000000000000", "asInt": 1, "attributes": [
            {"key": "a_b", "value": {"stringValue": "2"}},
            {"key": "a.b", "value": {"stringValue": "1"}},
            {"key": "job", "value": {"stringValue": "mine"}}]}]}}
        """);
    assertThat(samples().getFirst()).startsWith("g{a_b=\"1;2\", " + WHO + "}");
  }

  @Test
  void attributeValuesOfEveryType_becomeText() {
    translate(
        """
        {"name": "g", "gauge": {"dataPoints": [
          {"timeUnixNano": "1790000000000000000", "asInt": 1, "attributes": [
            {"key": "a", "value": {"boolValue": true}},
            {"key": "b", "value": {"intValue": "-5"}},
            {"key": "c", "value": {"doubleValue": 1e-7}},
            {"key": "d", "value": {"arrayValue": {"values": [{"stringValue": "x"}, {"doubleValue": 1}]}}},
            {"key": "e", "value": {"kvlistValue": {"values": [
               {"key": "z", "value": {}}, {"key": "k", "value": {"stringValue": "q\\"t"}}]}}},
            {"key": "f", "value": {"bytesValue": "AQI="}},
            {"key": "g", "value": {"stringValue": ""}}]}]}}
        """);
    assertThat(samples().getFirst())
        .contains("a=\"true\"")
        .contains("b=\"-5\"")
        .contains("c=\"1e-07\"")
        .contains("d=\"[\\\"x\\\",1]\"")
        .contains("f=\"AQI=\"")
        .doesNotContain("g=\"");
  }

  @Test
  void metricsWithoutNameOrData_areReportedWithTheirPoints() {
    translate(
        """
        {"name": "", "gauge": {"dataPoints": [{"asInt": 1}, {"asInt": 2}]}}, {"name": "nothing"}
        """);
    assertThat(batch.seriesCount()).isZero();
    assertThat(translator.rejections())
        .extracting(r -> r.reason() + "=" + r.count())
        .containsExactly("otlp_empty_name=2", "otlp_no_data=1");
  }
}
