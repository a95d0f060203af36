package io.foursight.ingester.metrics;

import io.foursight.ingester.IngesterMetrics;
import io.micrometer.core.instrument.Counter;

/// The meters that the ingester has for metrics alone.
final class MetricsIngesterMetrics {
  final Counter samples;
  final Counter histograms;
  final Counter exemplars;
  final Counter refusedMetadata;
  final Counter replayUnknownRows;

  MetricsIngesterMetrics(IngesterMetrics common) {
    samples = common.appended("samples");
    histograms = common.appended("histograms");
    exemplars = common.appended("exemplars");
    refusedMetadata =
        common.counter(
            "foursight_ingester_refused_metadata_total", "Metadata entries that a limit refused.");
    replayUnknownRows =
        common.counter(
            "foursight_ingester_replay_unknown_rows_total",
            "Rows of the log that were never acknowledged because their series' definition"
                + " failed.");
  }
}
