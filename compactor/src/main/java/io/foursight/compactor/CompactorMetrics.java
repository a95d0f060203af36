package io.foursight.compactor;

import io.foursight.model.Signal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicLong;

/// All meters of the compactor of one signal.
final class CompactorMetrics {
  final Counter rounds;
  final Counter failures;
  final Counter merges;
  final Counter mergedBlocks;
  final Counter readBytes;
  final Counter writtenBytes;
  final Counter marked;
  final Counter deleted;
  final Counter partialDeleted;
  final Timer mergeSeconds;
  final AtomicLong lastSuccessMillis = new AtomicLong();
  final AtomicLong blocks = new AtomicLong();

  CompactorMetrics(MeterRegistry registry, Signal signal) {
    String s = signal.plural();
    rounds = registry.counter("foursight_compactor_rounds_total", "signal", s);
    failures = registry.counter("foursight_compactor_failures_total", "signal", s);
    merges = registry.counter("foursight_compactor_merges_total", "signal", s);
    mergedBlocks = registry.counter("foursight_compactor_merged_blocks_total", "signal", s);
    readBytes = registry.counter("foursight_compactor_read_bytes_total", "signal", s);
    writtenBytes = registry.counter("foursight_compactor_written_bytes_total", "signal", s);
    marked = registry.counter("foursight_compactor_blocks_marked_total", "signal", s);
    deleted = registry.counter("foursight_compactor_blocks_deleted_total", "signal", s);
    partialDeleted =
        registry.counter("foursight_compactor_partial_blocks_deleted_total", "signal", s);
    mergeSeconds = registry.timer("foursight_compactor_merge_seconds", "signal", s);
    Gauge.builder("foursight_compactor_blocks", blocks, AtomicLong::get)
        .tag("signal", s)
        .register(registry);
    Gauge.builder(
            "foursight_compactor_last_success_timestamp_seconds",
            lastSuccessMillis,
            millis -> millis.get() / 1000.0)
        .tag("signal", s)
        .register(registry);
  }
}
