package io.foursight.wire.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpJsonTest {
  private static ExportMetricsServiceRequest read(String json) {
    var builder = ExportMetricsServiceRequest.newBuilder();
    new OtlpJson().read(json.getBytes(StandardCharsets.UTF_8), builder);
    return builder.build();
  }

  @Test
  void unknownKeysOfAnyShape_areIgnored() {
    var request =
        read(
            """
            {"new": {"a": [1, {"b": null}]}, "resourceMetrics": [
              {"resource": {"future": [[]], "attributes": []}, "scopeMetrics": null}], "x": "y"}
            """);
    assertThat(request.getResourceMetricsCount()).isEqualTo(1);
  }

  @Test
  void enums_areNumbersOrNamesAndUnknownNumbersAreKept() {
    for (String value : new String[] {"2", "\"AGGREGATION_TEMPORALITY_CUMULATIVE\"", "\"2\""}) {
      var request =
          read(
              "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"sum\":"
                  + "{\"aggregationTemporality\":"
                  + value
                  + "}}]}]}]}");
      assertThat(
              request
                  .getResourceMetrics(0)
                  .getScopeMetrics(0)
                  .getMetrics(0)
                  .getSum()
                  .getAggregationTemporality())
          .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
    }
  }

  @Test
  void protoNames_areAcceptedToo() {
    assertThat(read("{\"resource_metrics\": [{\"schema_url\": \"u\"}]}").getResourceMetrics(0))
        .extracting(r -> r.getSchemaUrl())
        .isEqualTo("u");
  }

  @Test
  void unsignedIntegersAboveTheSignedRange_keepTheirBits() {
    var request =
        read(
            """
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[
              {"count": "18446744073709551615", "timeUnixNano": 1.79e18}]}}]}]}]}
            """);
    var point =
        request
            .getResourceMetrics(0)
            .getScopeMetrics(0)
            .getMetrics(0)
            .getHistogram()
            .getDataPoints(0);
    assertThat(point.getCount()).isEqualTo(-1L);
    assertThat(point.getTimeUnixNano()).isEqualTo(1_790_000_000_000_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"resourceMetrics\": {}}",
        "{\"resourceMetrics\": [1]}",
        "{\"resourceMetrics\": [{\"schemaUrl\": {}}]}",
        "{\"resourceMetrics\": []} x",
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"sum\":{\"isMonotonic\":3}}]}]}]}",
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"sum\":{\"aggregationTemporality\":\"NO\"}}]}]}]}",
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{\"dataPoints\":[{\"asInt\":\"1e400\"}]}}]}]}]}",
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{\"dataPoints\":[{\"asInt\":\"1e999999999\"}]}}]}]}]}",
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{\"dataPoints\":[{\"exemplars\":[{\"traceId\":\"xyz\"}]}]}}]}]}]}",
      })
  void malformedJson_isBadData(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(FoursightException.class)
        .extracting(e -> ((FoursightException) e).kind())
        .isEqualTo(ErrorKind.BAD_DATA);
  }

  @Test
  void deepNesting_isBadDataNotAStackOverflow() {
    String deep =
        "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"value\":"
            + "{\"arrayValue\":{\"values\":[".repeat(5000);
    assertThatThrownBy(() -> read(deep)).isInstanceOf(FoursightException.class);
  }

  @Test
  void damagedJson_isBadDataOrParses_neverAnotherError() {
    String good =
        """
        {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","sum":{"isMonotonic":true,
         "aggregationTemporality":2,"dataPoints":[{"asInt":"5","timeUnixNano":"1790000000000000000",
         "exemplars":[{"traceId":"0102"}]}]}}]}]}]}
        """;
    for (long seed = 0; seed < 3000; seed++) {
      var random = new Random(seed);
      byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
      for (int k = random.nextInt(1, 5); k > 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        new OtlpJson().read(bytes, ExportMetricsServiceRequest.newBuilder());
      } catch (FoursightException e) {
        assertThat(e.kind()).as("seed %d", seed).isEqualTo(ErrorKind.BAD_DATA);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
