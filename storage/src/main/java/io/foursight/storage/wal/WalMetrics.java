package io.foursight.storage.wal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/// All meters of a log.
final class WalMetrics {
  final Counter records;
  final Counter bytes;
  final Counter commits;
  final Counter refused;
  final Counter failures;
  final Counter replayedRecords;
  final Counter replayedBytes;
  final Counter tornBytes;
  final Timer sync;

  WalMetrics(MeterRegistry registry, Supplier<Number> sizeBytes, Supplier<Number> queuedBytes) {
    records = registry.counter("foursight_wal_records_total");
    bytes = registry.counter("foursight_wal_written_bytes_total");
    commits = registry.counter("foursight_wal_commits_total");
    refused = registry.counter("foursight_wal_refused_total");
    failures = registry.counter("foursight_wal_write_failures_total");
    replayedRecords = registry.counter("foursight_wal_replayed_records_total");
    replayedBytes = registry.counter("foursight_wal_replayed_bytes_total");
    tornBytes = registry.counter("foursight_wal_torn_bytes_total");
    sync = registry.timer("foursight_wal_sync_seconds");
    Gauge.builder("foursight_wal_size_bytes", sizeBytes).register(registry);
    Gauge.builder("foursight_wal_queued_bytes", queuedBytes).register(registry);
  }
}
