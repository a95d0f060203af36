package io.foursight.queryfrontend.metrics;

import io.foursight.queryfrontend.FairQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// The meters of the query-frontend for metrics.
final class QueryFrontendMetrics {
  final Timer instant;
  final Timer range;
  final Counter refused;
  final Counter slow;
  final Counter parts;
  final Counter cachedSteps;
  final Counter evaluatedSteps;

  QueryFrontendMetrics(MeterRegistry meters, FairQueue queue) {
    instant = timer(meters, "instant");
    range = timer(meters, "range");
    refused = counter(meters, "refused_queries", "Queries refused because a tenant had too many");
    slow = counter(meters, "slow_queries", "Queries that took longer than the bound for the log");
    parts = counter(meters, "range_query_parts", "Parts that range queries were cut into");
    cachedSteps = counter(meters, "cached_steps", "Steps answered from the result cache");
    evaluatedSteps = counter(meters, "evaluated_steps", "Cacheable steps that were evaluated");
    meters.gauge("foursight_query_frontend_waiting_queries", queue, FairQueue::waiting);
  }

  private static Timer timer(MeterRegistry meters, String kind) {
    return Timer.builder("foursight_query_frontend_query_duration")
        .tag("signal", "metrics")
        .tag("kind", kind)
        .description("Time from a query's arrival to its result")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String thing, String description) {
    return Counter.builder("foursight_query_frontend_" + thing)
        .tag("signal", "metrics")
        .description(description)
        .register(meters);
  }
}
