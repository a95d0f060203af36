package io.foursight.model.metrics;

import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import java.util.List;

/// Reads metrics: a head, a block, a remote peer, a merge of several, a test fake. Safe from any
/// thread. An unknown tenant has no data. What was acknowledged before the call began is seen. A
/// Source never writes.
///
/// Errors: `FoursightException` with `CANCELED`, `TIMEOUT` or `QUERY_LIMIT` from the budget,
/// `UNAVAILABLE` when data that may match cannot be reached, `CORRUPT` when they fail their
/// checksums.
public interface MetricsSource {
  /// Series with samples. A series that has no sample in the range may or may not be returned.
  SeriesCursor select(MetricsSelect select);

  /// The same series in at most `parts` cursors that different threads may read at the same time;
  /// every series is in one of them. Fewer when there is little to share out. A select that asks
  /// for [SelectHints.Delivery#ASCENDING] gets one cursor.
  default List<SeriesCursor> select(MetricsSelect select, int parts) {
    return List.of(select(select));
  }

  /// False when there is certainly no sample in the range: a cheap look, without I/O.
  default boolean mayHold(TenantId tenant, TimeRange range) {
    return true;
  }

  /// Series that have at least one sample in the range as far as the Source can cheaply tell (it
  /// may include series whose samples lie near the range, never miss one inside it).
  /// [SeriesCursor#samples] is not available on the result.
  SeriesCursor series(MetricsSelect select);

  /// Distinct label names of the matching series, ascending.
  List<String> labelNames(MetricsSelect select);

  /// Distinct values of one label over the matching series, ascending.
  List<String> labelValues(String label, MetricsSelect select);

  /// Exemplars inside the range, ascending by series labels.
  List<ExemplarSeries> exemplars(MetricsSelect select);

  /// Metadata by metric family; several entries a family when senders disagree. `metric` empty =
  /// all.
  List<MetricMetadata> metadata(TenantId tenant, String metric);
}
