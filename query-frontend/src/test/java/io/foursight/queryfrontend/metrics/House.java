package io.foursight.queryfrontend.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FakeDoor;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/// A query-frontend over data in memory, with a clock that tests turn.
final class House {
  static final long NOW = 1_700_000_000_000L;

  final MemorySource data = new MemorySource();
  final NaiveRunner runner = new NaiveRunner(data);
  final FakeDoor door = new FakeDoor();
  long nowMillis = NOW;
  final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return Instant.ofEpochMilli(nowMillis);
        }
      };

  House open() {
    return open(runner, QueryFrontendConfig.defaults(), MetricsLateWrites.NONE);
  }

  House open(MetricsQueryRunner runner, QueryFrontendConfig config, MetricsLateWrites lateWrites) {
    return open(runner, config, lateWrites, MetricsQueryLimits.defaults());
  }

  House open(
      MetricsQueryRunner runner,
      QueryFrontendConfig config,
      MetricsLateWrites lateWrites,
      MetricsQueryLimits limits) {
    var ports =
        new MetricsQueryFrontend.Ports(
            runner,
            tenants -> data,
            new HeadOfMemory(),
            lateWrites,
            tenant -> Map.of("ingestion_rate", 10_000));
    new MetricsQueryFrontend(
        ports,
        config,
        TenantLimits.fixed(limits),
        new BuildInfo("0.1.0", "abc", "main", "today"),
        door,
        clock,
        new SimpleMeterRegistry());
    return this;
  }

  private final class HeadOfMemory implements MetricsCardinality {
    @Override
    public SeriesCursor series(
        TenantId tenant, List<LabelMatcher> matchers, Scope scope, QueryBudget budget) {
      return data.series(new MetricsSelect(tenant, TimeRange.ALL, matchers, budget));
    }

    @Override
    public List<HistogramSeries> activeNativeHistograms(
        TenantId tenant, List<LabelMatcher> matchers, QueryBudget budget) {
      return List.of(
          new HistogramSeries(io.foursight.model.Labels.of("__name__", "h", "a", "1"), 4),
          new HistogramSeries(io.foursight.model.Labels.of("__name__", "h", "a", "2"), 7));
    }

    @Override
    public TenantStats stats(TenantId tenant) {
      return new TenantStats(2, 3, 4, 5, 1.5, 0.5);
    }
  }
}
