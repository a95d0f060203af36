package io.foursight.querier;

import io.foursight.model.Signal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ThreadPoolExecutor;

/// The meters of the evaluation of one signal's queries.
final class EvaluationMetrics {
  final Timer evaluation;
  final Timer waiting;
  final Counter refused;
  final Counter failed;

  EvaluationMetrics(Signal signal, MeterRegistry meters, ThreadPoolExecutor pool) {
    Tags tags = Tags.of("signal", signal.plural());
    evaluation =
        Timer.builder("foursight_querier_evaluation_duration")
            .tags(tags)
            .description("Time that evaluations took on their thread")
            .register(meters);
    waiting =
        Timer.builder("foursight_querier_queue_duration")
            .tags(tags)
            .description("Time that evaluations waited for a thread")
            .register(meters);
    refused =
        Counter.builder("foursight_querier_refused_queries")
            .tags(tags)
            .description("Evaluations refused because too many were waiting")
            .register(meters);
    failed =
        Counter.builder("foursight_querier_failed_queries")
            .tags(tags)
            .description("Evaluations that ended in an error")
            .register(meters);
    meters.gauge(
        "foursight_querier_running_queries", tags, pool, ThreadPoolExecutor::getActiveCount);
    meters.gauge("foursight_querier_waiting_queries", tags, pool, p -> p.getQueue().size());
  }
}
