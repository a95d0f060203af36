package io.foursight.distributor.logs;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.Deadline;
import io.foursight.model.logs.LogsSink;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Service;
import java.security.SecureRandom;

/// The logs shelf of the distributor, ready to be wired: registers Loki's push and OTLP (HTTP and
/// gRPC) in its constructor. Takes requests only between start and stop; outside of that they are
/// answered 503, which senders retry.
public final class LogsWriteDoor implements Service {
  private final LogsDistributor distributor;

  /// @param sink the ingester, or a fan-out over several
  public LogsWriteDoor(
      ComponentContext context,
      DistributorConfig config,
      TenantLimits<LogsWriteLimits> limits,
      LogsSink sink,
      RateShare share) {
    distributor =
        new LogsDistributor(
            config,
            limits,
            sink,
            new LogsDistributorMetrics(context.meters()),
            context.clock(),
            System::nanoTime,
            share);
    distributor.refuse();
    var retryAfter = new RetryAfter(new SecureRandom());
    new LogsPushRoutes(distributor, retryAfter).register(context.routes());
    new OtlpLogsRoutes(distributor, retryAfter).register(context.routes());
    new OtlpLogsGrpc(distributor, retryAfter).register(context.routes());
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
