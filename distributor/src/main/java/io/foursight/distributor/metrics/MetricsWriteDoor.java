package io.foursight.distributor.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.DistributorMetrics;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.Deadline;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Service;
import java.security.SecureRandom;
import java.util.Optional;

/// The metrics shelf of the distributor, ready to be wired: registers remote write and OTLP (HTTP
/// and gRPC) in its constructor. Takes requests only between start and stop; outside of that they
/// are answered 503, which senders retry.
public final class MetricsWriteDoor implements Service {
  private final MetricsDistributor distributor;
  private final Optional<HaElectionsFile> electionsFile;

  /// @param sink the ingester, or a fan-out over several
  /// @param hash the keyed hash of this process: an ingester in it relies on the batch's keys
  /// @param expressions compiles the regular expressions of relabel rules
  /// @param shared elections of all distributors together; empty = this one holds its own and keeps
  ///   them in a file
  public MetricsWriteDoor(
      ComponentContext context,
      DistributorConfig config,
      TenantLimits<DistributorLimits> limits,
      MetricsSink sink,
      SeriesHash hash,
      RelabelExpression.Compiler expressions,
      RateShare share,
      Optional<? extends HaElections> shared) {
    var random = new SecureRandom();
    var local =
        new LocalHaElections(
            context.clock(), config.haTrackerFailoverTimeout(), config.haTrackerUpdateTimeout());
    electionsFile =
        shared.isPresent()
            ? Optional.empty()
            : Optional.of(
                new HaElectionsFile(
                    local, context.dataDir().resolve("distributor").resolve("ha-elections")));
    distributor =
        new MetricsDistributor(
            config,
            limits,
            sink,
            shared.isPresent() ? shared.get() : local,
            expressions,
            new DistributorMetrics(context.meters()),
            hash,
            context.clock(),
            System::nanoTime,
            share);
    distributor.refuse();
    var retryAfter = new RetryAfter(random);
    new RemoteWriteRoutes(distributor, retryAfter).register(context.routes());
    new OtlpMetricsRoutes(distributor, retryAfter).register(context.routes());
    new OtlpMetricsGrpc(distributor, retryAfter).register(context.routes());
  }

  @Override
  public void start() {
    electionsFile.ifPresent(HaElectionsFile::start);
    distributor.accept();
  }

  @Override
  public void stop(Deadline deadline) {
    distributor.refuse();
    electionsFile.ifPresent(file -> file.stop(deadline));
  }
}
