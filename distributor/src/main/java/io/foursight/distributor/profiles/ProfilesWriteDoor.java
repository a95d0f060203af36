package io.foursight.distributor.profiles;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.Deadline;
import io.foursight.model.profiles.ProfilesSink;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Service;
import java.security.SecureRandom;

/// The profiles shelf of the distributor, ready to be wired: registers Pyroscope's write API and
/// OTLP (HTTP and gRPC) in its constructor. Takes requests only between start and stop; outside of
/// that they are answered 503, which senders retry.
public final class ProfilesWriteDoor implements Service {
  private final ProfilesDistributor distributor;

  /// @param sink the ingester, or a fan-out over several
  /// @param expressions the engine of relabel rules
  /// @param share of a tenant's rate
  public ProfilesWriteDoor(
      ComponentContext context,
      DistributorConfig config,
      TenantLimits<ProfilesWriteLimits> limits,
      ProfilesSink sink,
      RelabelExpression.Compiler expressions,
      RateShare share) {
    distributor =
        new ProfilesDistributor(
            config,
            limits,
            sink,
            new ProfilesDistributorMetrics(context.meters()),
            expressions,
            context.clock(),
            System::nanoTime,
            share);
    distributor.refuse();
    var retryAfter = new RetryAfter(new SecureRandom());
    new ProfilesPushRoutes(distributor, retryAfter).register(context.routes());
    new OtlpProfilesRoutes(distributor, retryAfter).register(context.routes());
    new OtlpProfilesGrpc(distributor, retryAfter).register(context.routes());
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
