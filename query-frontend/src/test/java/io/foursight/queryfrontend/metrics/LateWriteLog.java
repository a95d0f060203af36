package io.foursight.queryfrontend.metrics;

import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.model.metrics.MetricsWriteResult;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Stands before a Sink and remembers which past hours of which tenants late samples went to; the
/// result cache asks it. One counter an hour, at most [#MAX_HOURS] of them a tenant: then the older
/// half becomes one counter for all of that past. Safe from any thread.
final class LateWriteLog implements MetricsSink, MetricsLateWrites {
  static final int MAX_HOURS = 10_000;

  private static final long HOUR = 3_600_000;

  private final MetricsSink sink;
  private final Clock clock;
  private final long graceMillis;
  private final Map<TenantId, Hours> tenants = new ConcurrentHashMap<>();

  /// @param lateness samples older than this when they arrive are late
  public LateWriteLog(MetricsSink sink, Clock clock, Duration lateness) {
    this.sink = sink;
    this.clock = clock;
    this.graceMillis = lateness.toMillis();
  }

  /// With the lateness that suits the default freshness of cached results.
  public LateWriteLog(MetricsSink sink, Clock clock) {
    this(sink, clock, Duration.ofMinutes(9));
  }

  @Override
  public Duration lateness() {
    return Duration.ofMillis(graceMillis);
  }

  private static final class Hours {
    private final TreeMap<Long, Long> counts = new TreeMap<>();
    private long pastEnd = Long.MIN_VALUE;
    private long past;

    synchronized void add(Set<Long> hours) {
      boolean beforeAll = false;
      for (long hour : hours) {
        if (hour <= pastEnd) {
          beforeAll = true;
        } else {
          counts.merge(hour, 1L, Long::sum);
        }
      }
      if (beforeAll) {
        past++;
      }
      if (counts.size() > MAX_HOURS) {
        mergeUpTo(
            counts.keySet().stream().skip(counts.size() - MAX_HOURS / 2).findFirst().orElseThrow());
      }
    }

    /// Keeps every sum over a range from shrinking: the merged counter only grows by what it takes.
    private void mergeUpTo(long hour) {
      var old = counts.headMap(hour, true);
      past += 1 + old.values().stream().mapToLong(n -> n).sum();
      old.clear();
      pastEnd = Math.max(pastEnd, hour);
    }

    synchronized long version(long from, long to) {
      long first = Math.floorDiv(from, HOUR);
      long last = Math.floorDiv(to, HOUR);
      long sum = first <= pastEnd ? past : 0;
      if (first > last) {
        return sum;
      }
      for (long n : counts.subMap(first, true, last, true).values()) {
        sum += n;
      }
      return sum;
    }
  }

  @Override
  public MetricsWriteResult write(TenantId tenant, MetricsBatch batch) {
    try {
      return sink.write(tenant, batch);
    } finally {
      // After the write, so that whoever reads the new number reads the samples too; and also when
      // it
      // failed, because a part may have been stored.
      Set<Long> late = lateHours(batch, clock.millis() - graceMillis);
      if (!late.isEmpty()) {
        tenants.computeIfAbsent(tenant, t -> new Hours()).add(late);
      }
    }
  }

  private static Set<Long> lateHours(MetricsBatch batch, long cutoff) {
    Set<Long> hours = Set.of();
    long last = Long.MIN_VALUE;
    long[] timestamps = batch.timestamps();
    for (int i = 0; i < batch.sampleCount(); i++) {
      if (timestamps[i] < cutoff && Math.floorDiv(timestamps[i], HOUR) != last) {
        last = Math.floorDiv(timestamps[i], HOUR);
        hours = plus(hours, last);
      }
    }
    for (int i = 0; i < batch.histogramCount(); i++) {
      long time = batch.histogramTimestamp(i);
      if (time < cutoff && Math.floorDiv(time, HOUR) != last) {
        last = Math.floorDiv(time, HOUR);
        hours = plus(hours, last);
      }
    }
    return hours;
  }

  private static Set<Long> plus(Set<Long> hours, long hour) {
    Set<Long> mutable = hours.isEmpty() ? new TreeSet<>() : hours;
    mutable.add(hour);
    return mutable;
  }

  @Override
  public long version(TenantId tenant, TimeRange range) {
    Hours hours = tenants.get(tenant);
    return hours == null || range.isEmpty()
        ? 0
        : hours.version(range.startMillis(), range.endMillis());
  }

  @Override
  public boolean exact() {
    return true;
  }
}
