package io.foursight.querier.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.querier.EvaluationPool;
import io.foursight.querier.QuerierConfig;
import io.foursight.runtime.Service;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/// Runs PromQL over the fan-in of all Sources, on an [EvaluationPool].
///
/// Safe from any thread. Errors beside the engine's: those of the pool.
public final class MetricsQuerier implements MetricsQueryRunner, Service {
  private final MetricsSource source;
  private final MetricsEngine engine;
  private final TenantLimits<MetricsQuerierLimits> limits;
  private final EvaluationPool pool;
  private final Counter samples;

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
    this.pool = new EvaluationPool(Signal.METRICS, config, meters);
    this.samples =
        Counter.builder("foursight_querier_processed_samples")
            .tag("signal", "metrics")
            .description("Samples that evaluations loaded")
            .register(meters);
  }

  @Override
  public void start() {}

  @Override
  public MetricsQueryResult run(Request request) {
    QueryBudget budget = request.budget();
    long before = budget.totalSamples();
    try {
      return pool.run(budget, helpers -> engine.evaluate(request, limited(request), helpers));
    } finally {
      samples.increment(Math.max(0, budget.totalSamples() - before));
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

  @Override
  public void stop(Deadline deadline) {
    pool.stop(deadline);
  }
}
