package io.foursight.model.metrics;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;

/// What a tenant's recent series are, without their samples: behind the cardinality endpoints,
/// `status/tsdb` and `user_stats`. Implemented by the ingester. Safe from any thread; an unknown
/// tenant has nothing.
public interface MetricsCardinality {
  /// Which series count.
  enum Scope {
    /// Every series in the head.
    IN_MEMORY,
    /// Those that received a sample within the ingester's active-series idle time.
    ACTIVE
  }

  /// An active series whose newest sample is a native histogram, and how many buckets that one has.
  record HistogramSeries(Labels labels, int buckets) {}

  /// A tenant's head in numbers.
  ///
  /// @param minTimeMillis oldest sample in the head; `minTimeMillis > maxTimeMillis` when empty
  /// @param ingestionRate samples per second lately received through the push endpoints
  /// @param ruleIngestionRate samples per second lately received from rules
  record TenantStats(
      long series,
      long chunks,
      long minTimeMillis,
      long maxTimeMillis,
      double ingestionRate,
      double ruleIngestionRate) {
    public static final TenantStats EMPTY =
        new TenantStats(0, 0, Long.MAX_VALUE, Long.MIN_VALUE, 0, 0);
  }

  /// The series that satisfy every matcher; [SeriesCursor#samples] is not available on the result.
  SeriesCursor series(
      TenantId tenant, List<LabelMatcher> matchers, Scope scope, QueryBudget budget);

  /// Ascending by labels.
  List<HistogramSeries> activeNativeHistograms(
      TenantId tenant, List<LabelMatcher> matchers, QueryBudget budget);

  TenantStats stats(TenantId tenant);
}
