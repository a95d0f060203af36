package io.foursight.querier.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ThreadPoolExecutor;

/// The meters of the querier for metrics.
final class MetricsQuerierMetrics {
  final Timer evaluation;
  final Timer waiting;
  final Counter refused;
  final Counter failed;
  final Counter samples;

  MetricsQuerierMetrics(MeterRegistry meters, ThreadPoolExecutor pool) {
    evaluation =
        Timer.builder("foursight_querier_evaluation_duration")
            .tag("signal", "metrics")
            .description("Time that evaluations took on their thread")
            .register(meters);
    waiting =
        Timer.builder("foursight_querier_queue_duration")
            .tag("signal", "metrics")
            .description("Time that evaluations waited for a thread")
            .register(meters);
    refused =
        Counter.builder("foursight_querier_refused_queries")
            .tag("signal", "metrics")
            .description("Evaluations refused because too many were waiting")
            .register(meters);
    failed =
        Counter.builder("foursight_querier_failed_queries")
            .tag("signal", "metrics")
            .description("Evaluations that ended in an error")
            .register(meters);
    samples =
        Counter.builder("foursight_querier_processed_samples")
            .tag("signal", "metrics")
            .description("Samples that evaluations loaded")
            .register(meters);
    meters.gauge("foursight_querier_running_queries", pool, ThreadPoolExecutor::getActiveCount);
    meters.gauge("foursight_querier_waiting_queries", pool, p -> p.getQueue().size());
  }
}
