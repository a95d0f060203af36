package io.foursight.querier.traces;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesQueryRunner;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesTags;
import io.foursight.querier.EvaluationPool;
import io.foursight.querier.QuerierConfig;
import io.foursight.runtime.Service;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// Runs TraceQL over the fan-in of all Sources, on an [EvaluationPool].
///
/// Safe from any thread. Errors beside the engine's: those of the pool.
public final class TracesQuerier implements TracesQueryRunner, Service {
  private static final long GLANCE_MILLIS = 20;

  /// Makes what evaluates one query.
  @FunctionalInterface
  public interface Engine {
    /// @param helpers starts a task at once or rejects it
    TracesQueryRunner over(TracesSource source, Executor helpers);
  }

  private final TracesSource source;
  private final Engine engine;
  private final EvaluationPool pool;

  /// @param source all data of all tenants
  public TracesQuerier(
      TracesSource source, Engine engine, QuerierConfig config, MeterRegistry meters) {
    this.source = source;
    this.engine = engine;
    this.pool = new EvaluationPool(Signal.TRACES, config, meters);
  }

  @Override
  public void start() {}

  private <T> T run(
      List<TenantId> tenants, QueryBudget budget, Function<TracesQueryRunner, T> query) {
    return pool.run(budget, helpers -> query.apply(engine.over(source(tenants), helpers)));
  }

  /// The engine works on a thread of the pool; what it finds is handed over, so that a slow client
  /// holds up its own thread only. At most `limit` traces ever wait.
  @Override
  public Found search(Search search, Consumer<Found> progress) {
    var found = new LinkedBlockingQueue<Found>();
    var answer = new CompletableFuture<Found>();
    Thread.startVirtualThread(() -> {
      try {
        answer.complete(
            run(search.tenants(), search.budget(), runner -> runner.search(search, found::add)));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    try {
      while (true) {
        boolean done = answer.isDone();
        Found next = done ? found.poll() : found.poll(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
        if (next != null) {
          progress.accept(next);
        } else if (done) {
          return answer.join();
        }
      }
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    } catch (InterruptedException e) {
      search.budget().cancel();
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while waiting for a query");
    } catch (RuntimeException e) {
      // Whoever takes the progress has failed: nobody waits for the rest.
      search.budget().cancel();
      throw e;
    }
  }

  @Override
  public MetricsFound metrics(Metrics metrics) {
    return run(metrics.tenants(), metrics.budget(), runner -> runner.metrics(metrics));
  }

  @Override
  public TracePieces trace(
      List<TenantId> tenants,
      TraceId id,
      long startNanos,
      long endNanos,
      String filter,
      long maxBytes,
      QueryBudget budget) {
    if (filter.isEmpty()) {
      return pool.run(
          budget,
          helpers ->
              source(tenants)
                  .trace(tenants.getFirst(), id, startNanos, endNanos, maxBytes, budget));
    }
    return run(
        tenants,
        budget,
        runner -> runner.trace(tenants, id, startNanos, endNanos, filter, maxBytes, budget));
  }

  @Override
  public List<TracesTags> tagNames(Tags tags) {
    if (tags.query().isEmpty()) {
      return pool.run(
          tags.budget(),
          helpers ->
              source(tags.tenants())
                  .tagNames(
                      TracesSelect.spans(
                          tags.tenants().getFirst(),
                          tags.startNanos(),
                          tags.endNanos(),
                          SpanFilter.ALL,
                          List.of(),
                          tags.budget())));
    }
    return run(tags.tenants(), tags.budget(), runner -> runner.tagNames(tags));
  }

  @Override
  public List<SpanValue> tagValues(String identifier, Tags tags) {
    return run(tags.tenants(), tags.budget(), runner -> runner.tagValues(identifier, tags));
  }

  /// The data of the tenants read as one.
  public TracesSource source(List<TenantId> tenants) {
    return tenants.size() == 1 ? source : new FederatedTracesSource(source, tenants);
  }

  @Override
  public void stop(Deadline deadline) {
    pool.stop(deadline);
  }
}
