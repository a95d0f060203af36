package io.foursight.queryfrontend.profiles;

import io.foursight.queryfrontend.FairQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// The meters of the query-frontend for profiles.
final class ProfilesFrontendMetrics {
  final Timer merge;
  final Timer series;
  final Timer heatmap;
  final Timer metadata;
  final Counter refused;
  final Counter slow;

  ProfilesFrontendMetrics(MeterRegistry meters, FairQueue queue) {
    merge = timer(meters, "merge");
    series = timer(meters, "series");
    heatmap = timer(meters, "heatmap");
    metadata = timer(meters, "metadata");
    refused = counter(meters, "refused_queries", "Queries refused because a tenant had too many");
    slow = counter(meters, "slow_queries", "Queries that took longer than the bound for the log");
    meters.gauge("foursight_query_frontend_profiles_waiting_queries", queue, FairQueue::waiting);
  }

  private static Timer timer(MeterRegistry meters, String kind) {
    return Timer.builder("foursight_query_frontend_query_duration")
        .tag("signal", "profiles")
        .tag("kind", kind)
        .description("Time from a query's arrival to its result")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String thing, String description) {
    return Counter.builder("foursight_query_frontend_" + thing)
        .tag("signal", "profiles")
        .description(description)
        .register(meters);
  }
}
