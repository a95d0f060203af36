package io.foursight.querier.metrics;

import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSource;
import java.util.concurrent.Executor;

/// Evaluates PromQL over one Source on the calling thread and, as far as they are free, on helpers
/// (an executor that starts a task at once or rejects it). The selects that it makes carry the
/// request's first tenant and its budget. Errors as in [MetricsQueryRunner#run].
@FunctionalInterface
public interface MetricsEngine {
  MetricsQueryResult evaluate(
      MetricsQueryRunner.Request request, MetricsSource source, Executor helpers);
}
