package io.foursight.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The OpenTelemetry Java SDK exports to the two OTLP ports with nothing but the endpoint set, and
/// PromQL finds the data under the names that users expect.
class OpenTelemetrySdkIT {
  @Test
  void metrics_arriveOverGrpcAndHttp(@TempDir Path directory) throws Exception {
    try (var server = new FoursightProcess(directory).start();
        var api = new PrometheusApi(server.url() + "/prometheus")) {
      export(
          OtlpGrpcMetricExporter.builder()
              .setEndpoint("http://127.0.0.1:" + server.otlpGrpcPort())
              .setCompression("gzip")
              .build(),
          "over-grpc");
      export(
          OtlpHttpMetricExporter.builder()
              .setEndpoint("http://127.0.0.1:" + server.otlpHttpPort() + "/v1/metrics")
              .setCompression("gzip")
              .build(),
          "over-http");
      for (String service : new String[] {"over-grpc", "over-http"}) {
        String job = "{job=\"shop/" + service + "\"";
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(() ->
                assertThat(value(api, "orders_total" + job + ",kind=\"book\"}")).isEqualTo("3"));
        assertThat(value(api, "queue_depth" + job + "}")).isEqualTo("7");
        assertThat(value(api, "request_duration_seconds_count" + job + "}")).isEqualTo("2");
        assertThat(
                value(
                    api,
                    "request_duration_seconds_bucket"
                        + job
                        + ",le=\"5.0\"} or request_duration_seconds_bucket"
                        + job
                        + ",le=\"5\"}"))
            .isEqualTo("1");
        assertThat(value(api, "histogram_count(payload_bytes" + job + "})")).isEqualTo("3");
        assertThat(value(api, "target_info" + job + ",host_name=\"h1\"}")).isEqualTo("1");
      }
    }
  }

  private static String value(PrometheusApi api, String query) throws Exception {
    var answer = api.query(query, System.currentTimeMillis() / 1000.0);
    assertThat(answer.isSuccess()).as(query + ": " + answer.json()).isTrue();
    return answer.result().path(0).path("value").path(1).asText();
  }

  private static void export(MetricExporter exporter, String service) {
    var resource =
        Resource.create(
            Attributes.builder()
                .put("service.name", service)
                .put("service.namespace", "shop")
                .put("service.instance.id", "i-1")
                .put("host.name", "h1")
                .build());
    try (var provider =
        SdkMeterProvider.builder()
            .setResource(resource)
            .registerMetricReader(
                PeriodicMetricReader.builder(exporter).setInterval(Duration.ofHours(1)).build())
            .registerView(
                InstrumentSelector.builder().setName("payload").build(),
                View.builder()
                    .setAggregation(Aggregation.base2ExponentialBucketHistogram())
                    .build())
            .build()) {
      var meter = provider.get("integration-test");
      meter
          .counterBuilder("orders")
          .build()
          .add(3, Attributes.builder().put("kind", "book").build());
      meter.gaugeBuilder("queue.depth").build().set(7);
      var duration = meter.histogramBuilder("request.duration").setUnit("s").build();
      duration.record(0.4);
      duration.record(30);
      var payload = meter.histogramBuilder("payload").setUnit("By").build();
      payload.record(10);
      payload.record(1000);
      payload.record(1_000_000);
      assertThat(provider.forceFlush().join(20, TimeUnit.SECONDS).isSuccess()).isTrue();
    }
  }
}
