package io.foursight.queryfrontend.traces;

import io.foursight.config.TenantLimits;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesQueryRunner;
import io.foursight.queryfrontend.FairQueue;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all read routes share: a budget that ends with the client, a place in the fair queue, the
/// runner. Safe from any thread.
final class TracesReadDesk {
  private static final Logger LOG = LoggerFactory.getLogger(TracesReadDesk.class);

  private final TracesQueryRunner runner;
  private final TenantLimits<TracesQueryLimits> limits;
  private final FairQueue queue;
  private final TracesFrontendMetrics metrics;
  private final Clock clock;
  private final Duration slow;

  TracesReadDesk(
      TracesQueryRunner runner,
      TenantLimits<TracesQueryLimits> limits,
      FairQueue queue,
      TracesFrontendMetrics metrics,
      Clock clock,
      Duration logQueriesLongerThan) {
    this.runner = runner;
    this.limits = limits;
    this.queue = queue;
    this.metrics = metrics;
    this.clock = clock;
    this.slow = logQueriesLongerThan;
  }

  TracesQueryLimits limits(List<TenantId> tenants) {
    return limits.of(tenants.getFirst());
  }

  TracesFrontendMetrics metrics() {
    return metrics;
  }

  long nowNanos() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }

  /// The bounds of one request; it ends early when the client goes away.
  ///
  /// @param onCancel takes what to do then
  QueryBudget budget(List<TenantId> tenants, Deadline latest, Consumer<Runnable> onCancel) {
    TracesQueryLimits own = limits(tenants);
    var budget =
        new QueryBudget(
            own.memoryPerQuery(), 0, Deadline.after(own.tracesQueryTimeout()).earliest(latest));
    onCancel.accept(budget::cancel);
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
      Function<TracesQueryRunner, T> query) {
    long begun = System.nanoTime();
    try (Ticket ticket = admit(tenants)) {
      return ticket.run(budget, () -> query.apply(runner));
    } finally {
      long took = System.nanoTime() - begun;
      timer.record(took, TimeUnit.NANOSECONDS);
      if (!slow.isZero() && took >= slow.toNanos()) {
        metrics.slow.increment();
        LOG.info(
            "slow query: signal=traces tenants={} took_ms={} peak_bytes={} query={}",
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
