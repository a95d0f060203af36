package io.foursight.ingester.traces;

import io.foursight.ingester.IngesterMetrics;
import io.micrometer.core.instrument.Counter;

/// The meters that the ingester has for traces alone.
final class TracesIngesterMetrics {
  final Counter spans;
  final Counter duplicates;

  TracesIngesterMetrics(IngesterMetrics common) {
    spans = common.appended("spans");
    duplicates =
        common.counter(
            "foursight_ingester_duplicate_spans_total",
            "Spans that were there already and are stored once.");
  }
}
