package io.foursight.queryfrontend.traces;

import io.foursight.config.GoDuration;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesQueryRunner.Metrics;
import io.foursight.querylanguages.traceql.parse.TraceqlParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The rules that bind metrics queries, over HTTP and gRPC.
final class MetricsDesk {
  private static final int MAX_EXEMPLARS = 100;
  private static final int MAX_INTERVALS = 10_000;
  private static final Duration DEFAULT_SINCE = Duration.ofHours(1);

  /// The step by the longest range that it is for: about 240 points.
  private static final TreeMap<Duration, Duration> STEPS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(Duration.ofSeconds(59), Duration.ofMillis(200)),
              Map.entry(Duration.ofMinutes(5), Duration.ofSeconds(1)),
              Map.entry(Duration.ofMinutes(15), Duration.ofSeconds(3)),
              Map.entry(Duration.ofMinutes(30), Duration.ofSeconds(5)),
              Map.entry(Duration.ofHours(1), Duration.ofSeconds(15)),
              Map.entry(Duration.ofHours(3), Duration.ofSeconds(45)),
              Map.entry(Duration.ofHours(6), Duration.ofMinutes(1)),
              Map.entry(Duration.ofHours(12), Duration.ofMinutes(3)),
              Map.entry(Duration.ofHours(24), Duration.ofMinutes(5)),
              Map.entry(Duration.ofDays(2), Duration.ofMinutes(10)),
              Map.entry(Duration.ofDays(7), Duration.ofMinutes(40)),
              Map.entry(Duration.ofDays(14), Duration.ofHours(1)),
              Map.entry(Duration.ofDays(30), Duration.ofHours(3))));

  private MetricsDesk() {}

  /// @param startNanos absent: that much before the end
  /// @param endNanos absent: now
  /// @param stepNanos absent: by the length of the range
  /// @param exemplars absent: as many as there may be
  record Asked(
      String query,
      Optional<Long> startNanos,
      Optional<Long> endNanos,
      Optional<Duration> since,
      Optional<Duration> step,
      Optional<Integer> exemplars,
      int maxSeries) {}

  static Metrics range(
      List<TenantId> tenants, Asked asked, TracesQueryLimits limits, long now, QueryBudget budget) {
    long end = asked.endNanos().orElse(now);
    long start = start(asked, end);
    check(start, end, limits);
    long step =
        asked.step().map(Duration::toNanos).orElseGet(() -> defaultStep(start, end).toNanos());
    if (step <= 0) {
      throw FoursightException.badData("step must be greater than 0");
    }
    if ((end - start) / step > MAX_INTERVALS) {
      throw FoursightException.badData(
          "step of "
              + GoDuration.format(Duration.ofNanos(step))
              + " is too small for given range, it would be "
              + (end - start) / step
              + " intervals, at most "
              + MAX_INTERVALS);
    }
    TraceqlParser.parseMetric(SearchDesk.query(asked.query()));
    int exemplars = asked.exemplars().filter(n -> n <= MAX_EXEMPLARS).orElse(MAX_EXEMPLARS);
    return new Metrics(
        tenants, asked.query(), start, end, step, exemplars, asked.maxSeries(), budget);
  }

  static Metrics instant(
      List<TenantId> tenants, Asked asked, TracesQueryLimits limits, long now, QueryBudget budget) {
    long end = asked.endNanos().orElse(now);
    long start = start(asked, end);
    check(start, end, limits);
    TraceqlParser.parseMetric(SearchDesk.query(asked.query()));
    return new Metrics(tenants, asked.query(), start, end, 0, 0, asked.maxSeries(), budget);
  }

  private static long start(Asked asked, long end) {
    return asked
        .startNanos()
        .orElseGet(() -> Math.max(0, end - asked.since().orElse(DEFAULT_SINCE).toNanos()));
  }

  private static void check(long start, long end, TracesQueryLimits limits) {
    if (end <= start) {
      throw FoursightException.badData(
          "end must be greater than start: start = " + start + ", end = " + end);
    }
    Duration most = limits.maxMetricsDuration();
    if (!most.isZero() && end - start > most.toNanos()) {
      throw FoursightException.badData(
          "metrics query time range ("
              + GoDuration.format(Duration.ofNanos(end - start))
              + ") exceeds the maximum allowed duration of "
              + GoDuration.format(most)
              + " (limits.max_metrics_duration)");
    }
  }

  static Duration defaultStep(long startNanos, long endNanos) {
    Map.Entry<Duration, Duration> row = STEPS.ceilingEntry(Duration.ofNanos(endNanos - startNanos));
    return row == null ? Duration.ofNanos((endNanos - startNanos) / 240) : row.getValue();
  }
}
