package io.foursight.ingester;

import io.foursight.model.Signal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/// The meters of the ingester.
public final class IngesterMetrics {
  private final MeterRegistry registry;
  public final Counter samples;
  public final Counter histograms;
  public final Counter exemplars;
  public final Counter refusedMetadata;
  public final Counter flushedBlocks;
  public final Counter flushFailures;
  public final Counter droppedRanges;
  public final Counter replayedRecords;
  public final Counter replayUnknownRows;
  public final Timer flush;

  public IngesterMetrics(MeterRegistry registry) {
    this.registry = registry;
    samples = appended("samples");
    histograms = appended("histograms");
    exemplars = appended("exemplars");
    refusedMetadata =
        counter(
            "foursight_ingester_refused_metadata_total", "Metadata entries that a limit refused.");
    flushedBlocks = counter("foursight_ingester_flushed_blocks_total", "Blocks uploaded.");
    flushFailures =
        counter(
            "foursight_ingester_flush_failures_total",
            "Attempts to write or upload a block that failed and will be repeated.");
    droppedRanges =
        counter(
            "foursight_ingester_dropped_ranges_total",
            "Ranges let go after every reader had their block.");
    replayedRecords =
        counter("foursight_ingester_replayed_records_total", "Log records read at start.");
    replayUnknownRows =
        counter(
            "foursight_ingester_replay_unknown_rows_total",
            "Rows of the log that were never acknowledged because their series' definition"
                + " failed.");
    flush =
        Timer.builder("foursight_ingester_flush_seconds")
            .description("Time to write and upload a block.")
            .tag("signal", Signal.METRICS.plural())
            .register(registry);
  }

  /// Writes refused as a whole, by reason: a closed set of names.
  public Counter refused(String reason) {
    return Counter.builder("foursight_ingester_refused_writes_total")
        .description("Write requests refused as a whole.")
        .tag("signal", Signal.METRICS.plural())
        .tag("reason", reason)
        .register(registry);
  }

  /// Registers what is measured when asked.
  public void watch(Supplier<Number> series, Supplier<Number> bytes, Supplier<Number> tenants) {
    gauge("foursight_ingester_memory_series", "Series in memory, once per range.", series);
    gauge("foursight_ingester_head_bytes", "Memory of all heads.", bytes);
    gauge("foursight_ingester_tenants", "Tenants in memory.", tenants);
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .tag("signal", Signal.METRICS.plural())
        .strongReference(true)
        .register(registry);
  }

  private Counter appended(String kind) {
    return Counter.builder("foursight_ingester_appended_items_total")
        .description("Items accepted into the head.")
        .tag("signal", Signal.METRICS.plural())
        .tag("kind", kind)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name)
        .description(description)
        .tag("signal", Signal.METRICS.plural())
        .register(registry);
  }
}
