package io.foursight.distributor.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.DistributorMetrics;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.Deadline;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Service;
import java.security.SecureRandom;

/// The metrics shelf of the distributor, ready to be wired: registers remote write and OTLP (HTTP
/// and gRPC) in its constructor. Takes requests only between start and stop; outside of that they
/// are answered 503, which senders retry.
public final class MetricsWriteDoor implements Service {
  private final MetricsDistributor distributor;
  private final HaElectionsFile electionsFile;

  /// @param sink the ingester, or a fan-out over several
  /// @param hash the keyed hash of this process: an ingester in it relies on the batch's keys
  /// @param expressions compiles the regular expressions of relabel rules
  public MetricsWriteDoor(
      ComponentContext context,
      DistributorConfig config,
      TenantLimits<DistributorLimits> limits,
      MetricsSink sink,
      SeriesHash hash,
      RelabelExpression.Compiler expressions) {
    var random = new SecureRandom();
    var elections =
        new LocalHaElections(
            context.clock(), config.haTrackerFailoverTimeout(), config.haTrackerUpdateTimeout());
    electionsFile =
        new HaElectionsFile(
            elections, context.dataDir().resolve("distributor").resolve("ha-elections"));
    distributor =
        new MetricsDistributor(
            config,
            limits,
            sink,
            elections,
            expressions,
            new DistributorMetrics(context.meters()),
            hash,
            context.clock(),
            System::nanoTime);
    distributor.refuse();
    var retryAfter = new RetryAfter(random);
    new RemoteWriteRoutes(distributor, retryAfter).register(context.routes());
    new OtlpMetricsRoutes(distributor, retryAfter).register(context.routes());
    new OtlpMetricsGrpc(distributor, retryAfter).register(context.routes());
  }

  @Override
  public void start() {
    electionsFile.start();
    distributor.accept();
  }

  @Override
  public void stop(Deadline deadline) {
    distributor.refuse();
    electionsFile.stop(deadline);
  }
}
