package io.foursight.querier;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.Signal;
import io.foursight.model.TraceContext;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// The platform threads on which the queries of one signal are evaluated: a small fixed pool, and
/// helpers that take parts of a query while a processor is free. The calling (virtual) thread waits
/// and gives up when the budget's deadline passes or it is canceled. Safe from any thread.
public final class EvaluationPool {
  private static final long GLANCE_MILLIS = 50;

  private final QuerierConfig config;
  private final ThreadPoolExecutor pool;
  private final ThreadPoolExecutor helpers;
  private final EvaluationMetrics metrics;

  public EvaluationPool(Signal signal, QuerierConfig config, MeterRegistry meters) {
    this.config = config;
    String name = "querier-" + signal.plural();
    this.pool =
        new ThreadPoolExecutor(
            config.threads(),
            config.threads(),
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(config.maxWaiting()),
            Thread.ofPlatform().daemon().name(name + "-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    // Parts of queries run here while there is a processor to spare; nothing ever waits.
    this.helpers =
        new ThreadPoolExecutor(
            0,
            Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name(name + "-helper-", 0).factory());
    this.metrics = new EvaluationMetrics(signal, meters, pool);
  }

  /// Runs an evaluation on a thread of the pool.
  ///
  /// @param evaluation gets an executor that starts a task at once or rejects it
  /// @throws FoursightException what the evaluation throws; `UNAVAILABLE` when too many wait or the
  ///   pool stops; `TIMEOUT` or `CANCELED` from the budget while waiting
  public <T> T run(QueryBudget budget, Function<Executor, T> evaluation) {
    budget.check();
    long submitted = System.nanoTime();
    Future<T> answer;
    try {
      answer =
          pool.submit(
              TraceContext.carriedCall(() -> {
                long started = System.nanoTime();
                metrics.waiting.record(started - submitted, TimeUnit.NANOSECONDS);
                try {
                  budget.check();
                  return evaluation.apply(helpers);
                } finally {
                  metrics.evaluation.record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
                }
              }));
    } catch (RejectedExecutionException e) {
      metrics.refused.increment();
      throw FoursightException.unavailable(
          pool.isShutdown()
              ? "the querier is stopping"
              : "too many queries wait for evaluation: the limit is "
                  + config.maxWaiting()
                  + " (querier.max_waiting)");
    }
    try {
      return await(answer, budget);
    } catch (RuntimeException e) {
      metrics.failed.increment();
      throw e;
    }
  }

  /// Looks at the budget now and then, so that a caller never waits for an evaluation that is stuck
  /// or has not begun.
  private static <T> T await(Future<T> answer, QueryBudget budget) {
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

  /// Refuses new evaluations and waits for those that run.
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
