package io.foursight.queryfrontend.metrics;

import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.queryfrontend.Retries;

/// Evaluates again what failed because somebody went away. Safe from any thread.
public record RetryingMetricsRunner(MetricsQueryRunner runner, Retries retries)
    implements MetricsQueryRunner {
  @Override
  public MetricsQueryResult run(Request request) {
    return retries.run(request.budget(), () -> runner.run(request));
  }
}
