package io.foursight.queryfrontend.logs;

import io.foursight.config.ByteSize;
import io.foursight.config.TenantLimits;
import io.foursight.model.Labels;
import io.foursight.model.RangeVersions;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsDeletions.Deletion;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.queryfrontend.BuildInfo;
import io.foursight.queryfrontend.FakeDoor;
import io.foursight.queryfrontend.QueryFrontendConfig;
import io.foursight.querylanguages.logql.eval.LogqlEngine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// A query-frontend for logs over data in memory and the real engine, with a clock that tests turn.
final class LogsHouse {
  static final long NOW = 1_700_000_000_000L;

  final ListedLogs data;
  final FakeDoor door = new FakeDoor();
  final AtomicLong runs = new AtomicLong();
  final AtomicLong steps = new AtomicLong();
  final RangeVersions late = new RangeVersions();
  List<Deletion> deletions = List.of();
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

  /// @param split zero: queries are evaluated whole
  /// @param bytesPerShard past which a part is cut further
  LogsHouse(ListedLogs data, Duration split, long bytesPerShard) {
    this.data = data;
    QueryFrontendConfig d = QueryFrontendConfig.defaults();
    LogsQueryLimits l = LogsQueryLimits.defaults();
    LogsLateWrites entries = (tenant, range) -> late.version(range);
    new LogsQueryFrontend(
        new LogsQueryFrontend.Ports(
            request -> {
              runs.incrementAndGet();
              if (request.stepNanos() > 0) {
                steps.addAndGet(
                    (request.endNanos() - request.startNanos()) / request.stepNanos() + 1);
              }
              return new LogqlEngine(data, deletions, task -> new Thread(task).start())
                  .run(request);
            },
            tenants -> data,
            entries.and((tenant, range) -> deletions.hashCode()),
            request -> {
              throw new UnsupportedOperationException();
            },
            tenant -> Map.of()),
        new QueryFrontendConfig(
            d.queryTimeout(),
            d.maxConcurrent(),
            d.maxOutstandingRequestsPerTenant(),
            split,
            !split.isZero(),
            ByteSize.ofMebibytes(8),
            d.lookbackDelta(),
            d.maxSamples(),
            d.defaultEvaluationInterval(),
            d.logQueriesLongerThan(),
            d.maxReadBodySize()),
        TenantLimits.fixed(
            new LogsQueryLimits(
                l.maxEntriesLimitPerQuery(),
                20,
                l.maxQueryLength(),
                l.maxQueryRange(),
                l.maxQueryLookback(),
                l.queryTimeout(),
                l.maxQueryBytesRead(),
                l.maxQueryParallelism(),
                new ByteSize(bytesPerShard),
                l.maxCacheFreshness(),
                l.resultsCacheTtl(),
                l.maxEstimatedMemoryConsumptionPerQuery(),
                l.maxConcurrentTailRequests(),
                l.volumeEnabled(),
                l.volumeMaxSeries())),
        new BuildInfo("0", "", "", ""),
        door,
        clock,
        new SimpleMeterRegistry());
  }

  /// As an ingester does: first it can be read, then caches are told.
  void write(Labels stream, long timestampMillis, String line) {
    data.add(stream, timestampMillis * 1_000_000, line);
    if (timestampMillis < nowMillis - LogsLateWrites.LATENESS.toMillis()) {
      late.changed(new TimeRange(timestampMillis, timestampMillis));
    }
  }
}
