package io.foursight.querier.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.querier.QuerierConfig;
import io.foursight.runtime.Service;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs PromQL over the fan-in of all Sources, on a small fixed pool of platform threads; the
/// calling (virtual) thread waits and gives up when the budget's deadline passes or it is canceled.
///
/// Safe from any thread. Errors beside the engine's: `UNAVAILABLE` when too many evaluations wait
/// or the querier stops.
public final class MetricsQuerier implements MetricsQueryRunner, Service {
  private static final long GLANCE_MILLIS = 50;

  private final MetricsSource source;
  private final MetricsEngine engine;
  private final TenantLimits<MetricsQuerierLimits> limits;
  private final QuerierConfig config;
  private final ThreadPoolExecutor pool;
  private final ThreadPoolExecutor helpers;
  private final MetricsQuerierMetrics metrics;

  /// @param source all data of all tenants, usually a [MetricsFanIn]
  public MetricsQuerier(
      MetricsSource source,
      MetricsEngine engine,
      TenantLimits<MetricsQuerierLimits> limits,
      QuerierConfig config,
      MeterRegistry meters) {
    this.source = source;
    this.engine = engine;
    this.limits = limits;
    this.config = config;
    int threads = config.threads();
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(config.maxWaiting()),
            Thread.ofPlatform().daemon().name("querier-metrics-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    // Parts of queries run here while there is a processor to spare; nothing ever waits.
    this.helpers =
        new ThreadPoolExecutor(
            0,
            Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("querier-metrics-helper-", 0).factory());
    this.metrics = new MetricsQuerierMetrics(meters, pool);
  }

  @Override
  public void start() {}

  @Override
  public MetricsQueryResult run(Request request) {
    QueryBudget budget = request.budget();
    budget.check();
    long submitted = System.nanoTime();
    Future<MetricsQueryResult> answer;
    try {
      answer =
          pool.submit(() -> {
            long started = System.nanoTime();
            metrics.waiting.record(started - submitted, TimeUnit.NANOSECONDS);
            try {
              budget.check();
              return engine.evaluate(request, limited(request), helpers);
            } finally {
              metrics.evaluation.record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
            }
          });
    } catch (RejectedExecutionException e) {
      metrics.refused.increment();
      throw FoursightException.unavailable(
          pool.isShutdown()
              ? "the querier is stopping"
              : "too many queries wait for evaluation: the limit is "
                  + config.maxWaiting()
                  + " (querier.max_waiting)");
    }
    long before = budget.totalSamples();
    try {
      return await(answer, budget);
    } catch (RuntimeException e) {
      metrics.failed.increment();
      throw e;
    } finally {
      metrics.samples.increment(Math.max(0, budget.totalSamples() - before));
    }
  }

  /// The data of the tenants read as one, for answers without evaluation.
  public MetricsSource source(List<TenantId> tenants) {
    return tenants.size() == 1 ? source : new FederatedMetricsSource(source, tenants);
  }

  private MetricsSource limited(Request request) {
    return new LimitedMetricsSource(
        source(request.tenants()), limits.of(request.tenants().getFirst()));
  }

  /// Looks at the budget now and then, so that a caller never waits for an evaluation that is stuck
  /// or has not begun.
  private static MetricsQueryResult await(Future<MetricsQueryResult> answer, QueryBudget budget) {
    try {
      while (true) {
        try {
          return answer.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          budget.check();
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw new IllegalStateException("evaluation failed: " + failure, failure);
      }
      throw new IllegalStateException(e.getCause());
    } catch (CancellationException e) {
      throw FoursightException.unavailable("the querier is stopping");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      budget.cancel();
      throw FoursightException.unavailable("interrupted while waiting for a query");
    } finally {
      // Does nothing to one that is done; takes one that waits out of its turn.
      answer.cancel(false);
    }
  }

  @Override
  public void stop(Deadline deadline) {
    pool.shutdown();
    helpers.shutdown();
    try {
      if (!pool.awaitTermination(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
