package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.FakeCall;
import io.foursight.distributor.RateShare;
import io.foursight.model.Deadline;
import io.foursight.model.SeriesHash;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.SocketHandler;
import io.grpc.BindableService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsWriteDoorTest {
  @TempDir static Path directory;

  private final TreeMap<String, HttpHandler> handlers = new TreeMap<>();
  private final RecordingSink sink = new RecordingSink();
  private final MetricsWriteDoor door =
      new MetricsWriteDoor(
          new ComponentContext(
              new HttpRoutes() {
                @Override
                public void add(
                    Door door,
                    Set<String> methods,
                    String pattern,
                    String name,
                    ErrorShape errors,
                    HttpHandler handler) {
                  handlers.put(door + " " + methods + " " + pattern, handler);
                }

                @Override
                public void addSocket(
                    Door door,
                    String pattern,
                    String name,
                    ErrorShape errors,
                    SocketHandler handler) {
                  throw new IllegalStateException("no sockets here: " + pattern);
                }

                @Override
                public void addGrpc(Door door, BindableService service) {
                  handlers.put(
                      door + " " + service.bindService().getServiceDescriptor().getName(),
                      call -> {
                        throw new IllegalStateException();
                      });
                }
              },
              new SimpleMeterRegistry(),
              Clock.systemUTC(),
              directory),
          DistributorConfig.defaults(),
          TenantLimits.fixed(DistributorLimits.defaults()),
          sink,
          new SeriesHash(1, 2),
          DistributorBench::expression,
          RateShare.WHOLE,
          Optional.empty());

  @Test
  void everyWritePath_isRegisteredOnItsDoor() {
    String grpc = "opentelemetry.proto.collector.metrics.v1.MetricsService";
    assertThat(handlers.keySet())
        .containsExactlyInAnyOrder(
            "MAIN [POST] /api/v1/push",
            "MAIN [POST] /api/v1/write",
            "MAIN [POST] /api/prom/push",
            "MAIN [POST] /otlp/v1/metrics",
            "MAIN [POST] /api/v1/otlp/v1/metrics",
            "OTLP_HTTP [POST] /v1/metrics",
            "OTLP_HTTP [OPTIONS] /v1/metrics",
            "MAIN " + grpc,
            "OTLP_GRPC " + grpc);
  }

  @Test
  void requestsOutsideOfTheServicesLife_are503() throws Exception {
    byte[] body = Requests.v1(System.currentTimeMillis(), 1, "__name__", "up");
    var push = handlers.get("MAIN [POST] /api/v1/push");
    assertThat(push.handle(FakeCall.snappy(body)).status()).isEqualTo(503);
    door.start();
    assertThat(push.handle(FakeCall.snappy(body)).status()).isEqualTo(200);
    door.stop(Deadline.NONE);
    assertThat(push.handle(FakeCall.snappy(body)).status()).isEqualTo(503);
    assertThat(sink.samples).hasSize(1);
  }

  @Test
  void browsers_mayAskBeforeTheySendAndAreAllowed() throws Exception {
    door.start();
    var preflight = handlers.get("OTLP_HTTP [OPTIONS] /v1/metrics");
    var call =
        new FakeCall(new byte[0])
            .with("origin", "https://shop.example")
            .with("access-control-request-headers", "content-type,x-scope-orgid");
    assertThat(preflight.handle(call).status()).isEqualTo(204);
    assertThat(preflight.handle(call).headers())
        .containsEntry("access-control-allow-origin", "https://shop.example")
        .containsEntry("access-control-allow-headers", "content-type,x-scope-orgid");
    var export =
        handlers
            .get("OTLP_HTTP [POST] /v1/metrics")
            .handle(
                new FakeCall(new byte[0])
                    .with("origin", "https://shop.example")
                    .with("content-type", "application/x-protobuf"));
    assertThat(export.status()).isEqualTo(200);
    assertThat(export.headers())
        .containsEntry("access-control-allow-origin", "https://shop.example");
  }
}
