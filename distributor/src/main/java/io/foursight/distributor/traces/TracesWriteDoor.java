package io.foursight.distributor.traces;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.Deadline;
import io.foursight.model.traces.TracesSink;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Service;
import java.security.SecureRandom;

/// The traces shelf of the distributor, ready to be wired: registers OTLP (HTTP and gRPC), Zipkin
/// and Jaeger in its constructor. Takes requests only between start and stop; outside of that they
/// are answered 503, which senders retry.
public final class TracesWriteDoor implements Service {
  private final TracesDistributor distributor;

  /// @param sink the ingester, or a fan-out over several
  public TracesWriteDoor(
      ComponentContext context,
      DistributorConfig config,
      TenantLimits<TracesWriteLimits> limits,
      TracesSink sink,
      RateShare share) {
    distributor =
        new TracesDistributor(
            config,
            limits,
            sink,
            new TracesDistributorMetrics(context.meters()),
            context.clock(),
            System::nanoTime,
            share);
    distributor.refuse();
    var retryAfter = new RetryAfter(new SecureRandom());
    new OtlpTracesRoutes(distributor, retryAfter).register(context.routes());
    new OtlpTracesGrpc(distributor, retryAfter).register(context.routes());
    new OlderTracesRoutes(distributor, retryAfter).register(context.routes());
  }

  @Override
  public void start() {
    distributor.accept();
  }

  @Override
  public void stop(Deadline deadline) {
    distributor.refuse();
  }
}
