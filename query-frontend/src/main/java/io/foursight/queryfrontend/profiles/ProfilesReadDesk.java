package io.foursight.queryfrontend.profiles;

import io.foursight.config.TenantLimits;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.queryfrontend.FairQueue;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all read routes share: a budget that ends with the client, a place in the fair queue, the
/// runner. Safe from any thread.
final class ProfilesReadDesk {
  private static final Logger LOG = LoggerFactory.getLogger(ProfilesReadDesk.class);

  private final ProfilesQueryRunner runner;
  private final TenantLimits<ProfilesQueryLimits> limits;
  private final FairQueue queue;
  private final ProfilesFrontendMetrics metrics;
  private final Clock clock;
  private final Duration slow;

  ProfilesReadDesk(
      ProfilesQueryRunner runner,
      TenantLimits<ProfilesQueryLimits> limits,
      FairQueue queue,
      ProfilesFrontendMetrics metrics,
      Clock clock,
      Duration logQueriesLongerThan) {
    this.runner = runner;
    this.limits = limits;
    this.queue = queue;
    this.metrics = metrics;
    this.clock = clock;
    this.slow = logQueriesLongerThan;
  }

  ProfilesQueryLimits limits(List<TenantId> tenants) {
    return limits.of(tenants.getFirst());
  }

  ProfilesFrontendMetrics metrics() {
    return metrics;
  }

  long nowMillis() {
    return clock.millis();
  }

  /// The bounds of one request; it ends early when the client goes away.
  QueryBudget budget(UnaryCall call) {
    ProfilesQueryLimits own = limits(call.tenants());
    var budget =
        new QueryBudget(
            own.memoryPerQuery(),
            0,
            Deadline.after(own.profilesQueryTimeout()).earliest(call.deadline()));
    call.onCancel().accept(budget::cancel);
    return budget;
  }

  /// Runs a query in a slot.
  ///
  /// @param what said in the log when it was slow
  /// @throws FoursightException `LIMIT_EXCEEDED` when the tenant has too many requests under way
  <T> T run(
      List<TenantId> tenants,
      QueryBudget budget,
      Timer timer,
      String what,
      Function<ProfilesQueryRunner, T> query) {
    long begun = System.nanoTime();
    try (Ticket ticket = admit(tenants)) {
      return ticket.run(budget, () -> query.apply(runner));
    } finally {
      long took = System.nanoTime() - begun;
      timer.record(took, TimeUnit.NANOSECONDS);
      if (!slow.isZero() && took >= slow.toNanos()) {
        metrics.slow.increment();
        LOG.info(
            "slow query: signal=profiles tenants={} took_ms={} peak_bytes={} query={}",
            tenants,
            TimeUnit.NANOSECONDS.toMillis(took),
            budget.peakMemoryBytes(),
            what);
      }
    }
  }

  private Ticket admit(List<TenantId> tenants) {
    try {
      return queue.admit(tenants.stream().map(TenantId::value).collect(Collectors.joining("|")));
    } catch (FoursightException e) {
      metrics.refused.increment();
      throw e;
    }
  }
}
