package io.foursight.queryfrontend.traces;

import io.foursight.queryfrontend.FairQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// The meters of the query-frontend for traces.
final class TracesFrontendMetrics {
  final Timer trace;
  final Timer search;
  final Timer metadata;
  final Timer range;
  final Timer instant;
  final Counter refused;
  final Counter slow;

  TracesFrontendMetrics(MeterRegistry meters, FairQueue queue) {
    trace = timer(meters, "trace");
    search = timer(meters, "search");
    metadata = timer(meters, "metadata");
    range = timer(meters, "range");
    instant = timer(meters, "instant");
    refused = counter(meters, "refused_queries", "Queries refused because a tenant had too many");
    slow = counter(meters, "slow_queries", "Queries that took longer than the bound for the log");
    meters.gauge("foursight_query_frontend_traces_waiting_queries", queue, FairQueue::waiting);
  }

  private static Timer timer(MeterRegistry meters, String kind) {
    return Timer.builder("foursight_query_frontend_query_duration")
        .tag("signal", "traces")
        .tag("kind", kind)
        .description("Time from a query's arrival to its result")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String thing, String description) {
    return Counter.builder("foursight_query_frontend_" + thing)
        .tag("signal", "traces")
        .description(description)
        .register(meters);
  }
}
