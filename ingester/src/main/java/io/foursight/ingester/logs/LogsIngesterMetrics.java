package io.foursight.ingester.logs;

import io.foursight.model.Signal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/// The meters of the ingester for logs.
public final class LogsIngesterMetrics {
  private static final String SIGNAL = Signal.LOGS.plural();

  private final MeterRegistry registry;
  final Counter entries;
  final Counter duplicates;
  final Counter tailDropped;
  final Counter flushedBlocks;
  final Counter flushFailures;
  final Counter droppedSegments;
  final Counter replayedRecords;
  final Timer flush;

  public LogsIngesterMetrics(MeterRegistry registry) {
    this.registry = registry;
    entries =
        Counter.builder("foursight_ingester_appended_items_total")
            .description("Items accepted into the head.")
            .tag("signal", SIGNAL)
            .tag("kind", "entries")
            .register(registry);
    duplicates =
        counter(
            "foursight_ingester_duplicate_entries_total",
            "Entries that were there already and are stored once.");
    tailDropped =
        counter(
            "foursight_ingester_tail_dropped_entries_total",
            "Entries not handed to a tail because its reader is slow.");
    flushedBlocks = counter("foursight_ingester_flushed_blocks_total", "Blocks uploaded.");
    flushFailures =
        counter(
            "foursight_ingester_flush_failures_total",
            "Attempts to write or upload a block that failed and will be repeated.");
    droppedSegments =
        counter(
            "foursight_ingester_dropped_ranges_total",
            "Ranges let go after every reader had their block.");
    replayedRecords =
        counter("foursight_ingester_replayed_records_total", "Log records read at start.");
    flush =
        Timer.builder("foursight_ingester_flush_seconds")
            .description("Time to write and upload a block.")
            .tag("signal", SIGNAL)
            .register(registry);
  }

  /// Writes refused as a whole, by reason: a closed set of names.
  Counter refused(String reason) {
    return Counter.builder("foursight_ingester_refused_writes_total")
        .description("Write requests refused as a whole.")
        .tag("signal", SIGNAL)
        .tag("reason", reason)
        .register(registry);
  }

  /// Registers what is measured when asked.
  void watch(
      Supplier<Number> streams,
      Supplier<Number> bytes,
      Supplier<Number> tenants,
      Supplier<Number> tails) {
    gauge("foursight_ingester_memory_streams", "Streams in memory, once per segment.", streams);
    gauge("foursight_ingester_head_bytes", "Memory of all heads.", bytes);
    gauge("foursight_ingester_tenants", "Tenants in memory.", tenants);
    gauge("foursight_ingester_tails", "Open tails.", tails);
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .tag("signal", SIGNAL)
        .strongReference(true)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).tag("signal", SIGNAL).register(registry);
  }
}
