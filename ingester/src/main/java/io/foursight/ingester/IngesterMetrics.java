package io.foursight.ingester;

import io.foursight.model.Signal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/// The meters that the ingester has for each signal; signals make more with [#counter] and so on.
public final class IngesterMetrics {
  private final MeterRegistry registry;
  private final Signal signal;
  final Counter flushedBlocks;
  final Counter flushFailures;
  final Counter droppedRanges;
  final Counter replayedRecords;
  final Timer flush;

  public IngesterMetrics(MeterRegistry registry, Signal signal) {
    this.registry = registry;
    this.signal = signal;
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
    flush =
        Timer.builder("foursight_ingester_flush_seconds")
            .description("Time to write and upload a block.")
            .tag("signal", signal.plural())
            .register(registry);
  }

  public Signal signal() {
    return signal;
  }

  /// Writes refused as a whole, by reason: a closed set of names.
  Counter refused(String reason) {
    return Counter.builder("foursight_ingester_refused_writes_total")
        .description("Write requests refused as a whole.")
        .tag("signal", signal.plural())
        .tag("reason", reason)
        .register(registry);
  }

  /// Registers what is measured when asked.
  void watch(Supplier<Number> bytes, Supplier<Number> tenants) {
    gauge("foursight_ingester_head_bytes", "Memory of all heads.", bytes);
    gauge("foursight_ingester_tenants", "Tenants in memory.", tenants);
  }

  /// @param kind items of the signal: `samples`, `entries`, ...
  public Counter appended(String kind) {
    return Counter.builder("foursight_ingester_appended_items_total")
        .description("Items accepted into the head.")
        .tag("signal", signal.plural())
        .tag("kind", kind)
        .register(registry);
  }

  public Counter counter(String name, String description) {
    return Counter.builder(name)
        .description(description)
        .tag("signal", signal.plural())
        .register(registry);
  }

  public void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .tag("signal", signal.plural())
        .strongReference(true)
        .register(registry);
  }
}
