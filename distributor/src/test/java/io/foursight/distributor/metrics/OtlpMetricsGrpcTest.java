package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.http.GrpcTenant;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OtlpMetricsGrpcTest {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final DistributorBench bench = new DistributorBench();
  private final OtlpMetricsGrpc service = new OtlpMetricsGrpc(bench.distributor, bench.retryAfter);

  private static final class Answer implements StreamObserver<ExportMetricsServiceResponse> {
    final List<ExportMetricsServiceResponse> responses = new ArrayList<>();
    Optional<StatusRuntimeException> error = Optional.empty();
    boolean completed;

    @Override
    public void onNext(ExportMetricsServiceResponse value) {
      responses.add(value);
    }

    @Override
    public void onError(Throwable t) {
      error = Optional.of((StatusRuntimeException) t);
    }

    @Override
    public void onCompleted() {
      completed = true;
    }
  }

  private Answer export(ExportMetricsServiceRequest request) {
    var answer = new Answer();
    Context.current()
        .withValue(GrpcTenant.KEY, new TenantId("t1"))
        .run(() -> service.export(request, answer));
    return answer;
  }

  private static ExportMetricsServiceRequest gauge(String name) {
    var request = ExportMetricsServiceRequest.newBuilder();
    request
        .addResourceMetricsBuilder()
        .addScopeMetricsBuilder()
        .addMetricsBuilder()
        .setName(name)
        .getGaugeBuilder()
        .addDataPointsBuilder()
        .setTimeUnixNano(DistributorBench.NOW * 1_000_000)
        .setAsDouble(1);
    return request.build();
  }

  @Test
  void request_isStoredForTheCallsTenant() {
    Answer answer = export(gauge("g"));
    assertThat(answer.completed).isTrue();
    assertThat(answer.responses).containsExactly(ExportMetricsServiceResponse.getDefaultInstance());
    assertThat(bench.sink.samples).hasSize(1).first().asString().startsWith("t1 ");
  }

  @Test
  void callWithoutATenant_isUnauthenticated() {
    var answer = new Answer();
    service.export(gauge("g"), answer);
    assertThat(answer.error.orElseThrow().getStatus().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void wholeRejection_isInvalidArgument() {
    assertThat(export(gauge("")).error.orElseThrow().getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  /// Without the RetryInfo senders drop the data.
  @Test
  void rateLimit_isResourceExhaustedWithRetryInfo() {
    bench.limits = Limits.with("requestRate", 1.0, "requestBurstSize", 1);
    export(gauge("g"));
    StatusRuntimeException error = export(gauge("g")).error.orElseThrow();
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(new String(error.getTrailers().get(DETAILS), StandardCharsets.ISO_8859_1))
        .contains("type.googleapis.com/google.rpc.RetryInfo");
  }

  @Test
  void failuresOfOurs_areUnavailable() {
    bench.sink.failure =
        Optional.of(new FoursightException(io.foursight.model.ErrorKind.INTERNAL, "x"));
    assertThat(export(gauge("g")).error.orElseThrow().getStatus().getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }
}
