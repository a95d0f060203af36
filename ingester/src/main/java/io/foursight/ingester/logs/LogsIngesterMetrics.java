package io.foursight.ingester.logs;

import io.foursight.ingester.IngesterMetrics;
import io.micrometer.core.instrument.Counter;

/// The meters that the ingester has for logs alone.
final class LogsIngesterMetrics {
  final Counter entries;
  final Counter duplicates;
  final Counter tailDropped;

  LogsIngesterMetrics(IngesterMetrics common) {
    entries = common.appended("entries");
    duplicates =
        common.counter(
            "foursight_ingester_duplicate_entries_total",
            "Entries that were there already and are stored once.");
    tailDropped =
        common.counter(
            "foursight_ingester_tail_dropped_entries_total",
            "Entries not handed to a tail because its reader is slow.");
  }
}
