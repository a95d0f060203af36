package io.foursight.queryfrontend.logs;

import io.foursight.queryfrontend.FairQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicInteger;

/// The meters of the query-frontend for logs.
final class LogsFrontendMetrics {
  final Timer instant;
  final Timer range;
  final Timer metadata;
  final Counter refused;
  final Counter slow;
  final Counter parts;
  final Counter shards;
  final Counter cachedSteps;
  final Counter evaluatedSteps;
  final Counter tailEntries;
  final Counter tailDropped;
  final Counter slowTails;
  final AtomicInteger tails = new AtomicInteger();

  LogsFrontendMetrics(MeterRegistry meters, FairQueue queue) {
    instant = timer(meters, "instant");
    range = timer(meters, "range");
    metadata = timer(meters, "metadata");
    refused = counter(meters, "refused_queries", "Queries refused because a tenant had too many");
    slow = counter(meters, "slow_queries", "Queries that took longer than the bound for the log");
    parts = counter(meters, "query_parts", "Parts that range queries were cut into");
    shards = counter(meters, "query_shards", "Shards that costly parts were cut into");
    cachedSteps = counter(meters, "cached_steps", "Steps of range queries answered by the cache");
    evaluatedSteps = counter(meters, "evaluated_steps", "Steps that were not in the cache");
    tailEntries = counter(meters, "tail_entries", "Entries handed to tails");
    tailDropped = counter(meters, "tail_dropped_entries", "Entries that tails could not take");
    slowTails = counter(meters, "slow_tails", "Tails ended because the client did not read");
    meters.gauge("foursight_query_frontend_logs_waiting_queries", queue, FairQueue::waiting);
    meters.gauge("foursight_query_frontend_logs_open_tails", tails);
  }

  private static Timer timer(MeterRegistry meters, String kind) {
    return Timer.builder("foursight_query_frontend_query_duration")
        .tag("signal", "logs")
        .tag("kind", kind)
        .description("Time from a query's arrival to its result")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String thing, String description) {
    return Counter.builder("foursight_query_frontend_" + thing)
        .tag("signal", "logs")
        .description(description)
        .register(meters);
  }
}
