package io.foursight.querier.metrics;

import io.foursight.model.metrics.MetricsQueryResult;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSource;

/// Evaluates PromQL over one Source on the calling thread. The selects that it makes carry the
/// request's first tenant and its budget. Errors as in [MetricsQueryRunner#run].
@FunctionalInterface
public interface MetricsEngine {
  MetricsQueryResult evaluate(MetricsQueryRunner.Request request, MetricsSource source);
}
