package io.foursight.querier.logs;

import io.foursight.model.Deadline;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsDeletions;
import io.foursight.model.logs.LogsDeletions.Deletion;
import io.foursight.model.logs.LogsQueryResult;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsTailRunner;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.querier.EvaluationPool;
import io.foursight.querier.QuerierConfig;
import io.foursight.querylanguages.logql.eval.LogqlEngine;
import io.foursight.runtime.Service;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// Runs LogQL over the fan-in of all Sources, on an [EvaluationPool], and follows log queries.
///
/// Safe from any thread. Errors beside the engine's: those of the pool.
public final class LogsQuerier implements LogsQueryRunner, LogsTailRunner, Service {
  private final LogsSource source;
  private final LogsTailSource arrivals;
  private final LogsDeletions deletions;
  private final EvaluationPool pool;
  private final Clock clock;

  /// @param source all data of all tenants
  /// @param arrivals entries as they are accepted
  public LogsQuerier(
      LogsSource source,
      LogsTailSource arrivals,
      LogsDeletions deletions,
      QuerierConfig config,
      Clock clock,
      MeterRegistry meters) {
    this.source = source;
    this.arrivals = arrivals;
    this.deletions = deletions;
    this.pool = new EvaluationPool(Signal.LOGS, config, meters);
    this.clock = clock;
  }

  @Override
  public void start() {}

  @Override
  public LogsQueryResult run(LogsQueryRunner.Request request) {
    return pool.run(
        request.budget(),
        helpers ->
            new LogqlEngine(source(request.tenants()), deletions(request.tenants()), helpers)
                .run(request));
  }

  /// With several tenants each deletion is about its own.
  private List<Deletion> deletions(List<TenantId> tenants) {
    if (tenants.size() == 1) {
      return deletions.pending(tenants.getFirst());
    }
    var all = new ArrayList<Deletion>();
    for (TenantId tenant : tenants) {
      deletions.pending(tenant).stream()
          .map(d -> FederatedDeletion.of(d, tenant))
          .forEach(all::add);
    }
    return all;
  }

  @Override
  public Tail tail(LogsTailRunner.Request request) {
    return new FollowedQuery(request, arrivals, this, clock);
  }

  /// The data of the tenants read as one, for answers without evaluation.
  public LogsSource source(List<TenantId> tenants) {
    return tenants.size() == 1 ? source : new FederatedLogsSource(source, tenants);
  }

  @Override
  public void stop(Deadline deadline) {
    pool.stop(deadline);
  }
}
