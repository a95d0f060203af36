package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.config.ByteSize;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.FakeCall;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.runtime.http.HttpReply;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class OtlpMetricsRoutesTest {
  private static final long T = DistributorBench.NOW;

  private final DistributorBench bench = new DistributorBench();
  private final OtlpMetricsRoutes routes =
      new OtlpMetricsRoutes(bench.distributor, bench.retryAfter);

  private static ExportMetricsServiceRequest gauges(String... names) {
    var resource = ResourceMetrics.newBuilder();
    resource
        .getResourceBuilder()
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("service.name")
                .setValue(AnyValue.newBuilder().setStringValue("s")));
    var scope = resource.addScopeMetricsBuilder();
    for (String name : names) {
      scope
          .addMetricsBuilder()
          .setName(name)
          .getGaugeBuilder()
          .addDataPointsBuilder()
          .setTimeUnixNano(T * 1_000_000)
          .setAsInt(5);
    }
    return ExportMetricsServiceRequest.newBuilder().addResourceMetrics(resource).build();
  }

  private HttpReply protobuf(ExportMetricsServiceRequest request) {
    return routes.export(
        new FakeCall(request.toByteArray()).with("content-type", "application/x-protobuf"));
  }

  private HttpReply json(String body) {
    return routes.export(
        new FakeCall(body.getBytes(StandardCharsets.UTF_8))
            .with("Content-Type", "application/json; charset=utf-8"));
  }

  private static String text(HttpReply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  /// W11
  @Test
  void protobufRequest_isAnsweredWithAnEmptyResponseOfItsType() {
    HttpReply reply = protobuf(gauges("queue.depth"));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers()).containsEntry("content-type", "application/x-protobuf");
    assertThat(reply.body()).isEmpty();
    assertThat(bench.sink.samples)
        .containsExactly("anonymous {__name__=\"queue_depth\", job=\"s\"} @" + T + " 5.0");
  }

  /// W12
  @Test
  void jsonRequest_isAnsweredInJson() {
    HttpReply reply =
        json(
            """
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"g","gauge":{"dataPoints":[
              {"timeUnixNano":"%d","asInt":"5"}]}}]}]}]}
            """
                .formatted(T * 1_000_000));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers()).containsEntry("content-type", "application/json");
    assertThat(text(reply)).isEqualTo("{}");
    assertThat(bench.sink.samples).hasSize(1);
  }

  /// W13
  @Test
  void encodings_areUndoneAndUnknownOnesAre415() throws IOException {
    var zipped = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zipped)) {
      gzip.write(gauges("g").toByteArray());
    }
    assertThat(
            routes
                .export(
                    new FakeCall(zipped.toByteArray())
                        .with("content-type", "application/x-protobuf")
                        .with("content-encoding", "gzip"))
                .status())
        .isEqualTo(200);
    HttpReply reply =
        routes.export(
            new FakeCall(new byte[0])
                .with("content-type", "application/x-protobuf")
                .with("content-encoding", "br"));
    assertThat(reply.status()).isEqualTo(415);
    assertThat(text(reply)).contains("unsupported compression: \"br\"");
  }

  /// W14
  @Test
  void otherContentTypes_are415() {
    assertThat(routes.export(new FakeCall(new byte[0])).status()).isEqualTo(415);
    assertThat(routes.export(new FakeCall(new byte[0]).with("content-type", "text/plain")).status())
        .isEqualTo(415);
  }

  /// W15: senders drop what is answered 500.
  @Test
  void everyFailureOfOurs_is503WithRetryAfterAndAStatusBody() {
    for (ErrorKind kind :
        new ErrorKind[] {ErrorKind.INTERNAL, ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE}) {
      bench.sink.failure = Optional.of(new FoursightException(kind, "no \"room\""));
      HttpReply reply =
          json(
              "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"g\","
                  + "\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\""
                  + T * 1_000_000
                  + "\"}]}}]}]}]}");
      assertThat(reply.status()).as("" + kind).isEqualTo(503);
      assertThat(Integer.parseInt(reply.headers().get("retry-after"))).isPositive();
      assertThat(text(reply)).contains("\"message\":\"no \\\"room\\\"\"").startsWith("{\"code\":");
    }
  }

  @Test
  void rateLimit_is429WithRetryAfter() {
    bench.limits = Limits.with("requestRate", 1.0, "requestBurstSize", 1);
    assertThat(protobuf(gauges("g")).status()).isEqualTo(200);
    HttpReply reply = protobuf(gauges("g"));
    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.headers()).containsKey("retry-after");
  }

  /// W16
  @Test
  void partOfARequestRejected_is200WithPartialSuccess() throws IOException {
    bench.sink.rejection =
        Optional.of(
            new Rejection("sample_out_of_order", ErrorKind.BAD_DATA, "the sample is too old", 1));
    HttpReply reply = protobuf(gauges("a", "b"));
    assertThat(reply.status()).isEqualTo(200);
    var partial = ExportMetricsServiceResponse.parseFrom(reply.body()).getPartialSuccess();
    assertThat(partial.getRejectedDataPoints()).isEqualTo(1);
    assertThat(partial.getErrorMessage())
        .isEqualTo("the sample is too old (err-mimir-sample-out-of-order)");
  }

  @Test
  void everythingRejected_is400() {
    HttpReply reply = protobuf(gauges("", "___"));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(bench.sink.samples).isEmpty();
  }

  @Test
  void malformedBodies_are400InTheRequestsForm() {
    assertThat(json("{\"resourceMetrics\": 3}").status()).isEqualTo(400);
    assertThat(text(json("{"))).startsWith("{\"code\":3,\"message\":\"malformed OTLP JSON");
    HttpReply reply =
        routes.export(
            new FakeCall(new byte[] {(byte) 0xff}).with("content-type", "application/x-protobuf"));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.headers()).containsEntry("content-type", "application/x-protobuf");
  }

  @Test
  void tooLargeBody_is413() {
    var c = DistributorConfig.defaults();
    var small =
        new DistributorBench(
            new DistributorConfig(
                c.maxRecvMsgSize(),
                new ByteSize(10),
                c.maxInflightPushBytes(),
                c.knownSeriesPerTenant(),
                c.haTrackerFailoverTimeout(),
                c.haTrackerUpdateTimeout()));
    HttpReply reply =
        new OtlpMetricsRoutes(small.distributor, small.retryAfter)
            .export(
                new FakeCall(gauges("g").toByteArray())
                    .with("content-type", "application/x-protobuf"));
    assertThat(reply.status()).isEqualTo(413);
  }

  @Test
  void header_overridesTheTenantsTranslation() {
    routes.export(
        new FakeCall(gauges("queue.depth").toByteArray())
            .with("content-type", "application/x-protobuf")
            .with("X-Mimir-OTLP-TranslationStrategy", "NoTranslation"));
    assertThat(bench.sink.samples.getFirst()).contains("__name__=\"queue.depth\"");
  }
}
