package io.foursight.querier.traces;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.traces.FoundTrace;
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
import io.foursight.querylanguages.traceql.eval.TraceqlEngine;
import io.foursight.querylanguages.traceql.parse.TraceqlParser;
import io.foursight.runtime.Service;
import io.foursight.wire.traces.TraceAssembler;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Runs TraceQL over the fan-in of all Sources, on an [EvaluationPool].
///
/// Safe from any thread. Errors beside the engine's: those of the pool.
public final class TracesQuerier implements TracesQueryRunner, Service {
  private static final long GLANCE_MILLIS = 20;
  private static final int MAX_SPANS = Integer.MAX_VALUE;

  private final TracesSource source;
  private final EvaluationPool pool;

  /// @param source all data of all tenants
  public TracesQuerier(TracesSource source, QuerierConfig config, MeterRegistry meters) {
    this.source = source;
    this.pool = new EvaluationPool(Signal.TRACES, config, meters);
  }

  @Override
  public void start() {}

  private <T> T run(List<TenantId> tenants, QueryBudget budget, Function<TraceqlEngine, T> query) {
    return pool.run(budget, helpers -> query.apply(new TraceqlEngine(source(tenants))));
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
            run(
                search.tenants(),
                search.budget(),
                engine -> engine.search(asOne(search), found::add)));
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
    return run(metrics.tenants(), metrics.budget(), engine -> engine.metrics(asOne(metrics)));
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
    return pool.run(
        budget,
        helpers -> {
          TracesSource all = source(tenants);
          TracePieces whole =
              all.trace(tenants.getFirst(), id, startNanos, endNanos, maxBytes, budget);
          return filter.isEmpty() || whole.isEmpty()
              ? whole
              : filtered(whole, matching(all, tenants, id, filter, budget));
        });
  }

  /// The ids of the spans of a trace that a spanset filter leaves.
  private static Set<Long> matching(
      TracesSource all, List<TenantId> tenants, TraceId id, String filter, QueryBudget budget) {
    TraceqlParser.parseFilter(filter);
    var search =
        new Search(List.of(tenants.getFirst()), filter, 0, Long.MAX_VALUE, 1, MAX_SPANS, budget);
    Found found = new TraceqlEngine(new OneTrace(all, id)).search(search, unused -> {});
    return found.traces().stream()
        .flatMap(trace -> trace.spanSets().stream())
        .flatMap(set -> set.spans().stream())
        .map(FoundTrace.Span::id)
        .collect(Collectors.toSet());
  }

  private static TracePieces filtered(TracePieces whole, Set<Long> spans) {
    var assembler = new TraceAssembler();
    whole.pieces().forEach(piece -> assembler.add(piece, spans::contains));
    return assembler.spanCount() == 0
        ? new TracePieces(List.of(), whole.truncated(), whole.scanned())
        : new TracePieces(List.of(assembler.tracesData()), whole.truncated(), whole.scanned());
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
    return run(tags.tenants(), tags.budget(), engine -> engine.tagNames(asOne(tags)));
  }

  @Override
  public List<SpanValue> tagValues(String identifier, Tags tags) {
    return run(tags.tenants(), tags.budget(), engine -> engine.tagValues(identifier, asOne(tags)));
  }

  /// The Source of several tenants answers for all of them whichever is named: the engine sees one.
  private static List<TenantId> asOne(List<TenantId> tenants) {
    return List.of(tenants.getFirst());
  }

  private static Search asOne(Search s) {
    return new Search(
        asOne(s.tenants()),
        s.query(),
        s.startNanos(),
        s.endNanos(),
        s.limit(),
        s.spansPerSpanSet(),
        s.budget());
  }

  private static Metrics asOne(Metrics m) {
    return new Metrics(
        asOne(m.tenants()),
        m.query(),
        m.startNanos(),
        m.endNanos(),
        m.stepNanos(),
        m.exemplars(),
        m.maxSeries(),
        m.budget());
  }

  private static Tags asOne(Tags t) {
    return new Tags(
        asOne(t.tenants()), t.query(), t.startNanos(), t.endNanos(), t.limit(), t.budget());
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
