package io.foursight.model;

import java.time.Duration;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// Remembers when the past last changed, by two-hour bucket of time: what caches of results ask
/// before they answer from what they hold. Bounded: beyond 10,000 buckets all of time counts as
/// changed. Safe from any thread.
public final class RangeVersions {
  private static final long BUCKET_MILLIS = Duration.ofHours(2).toMillis();
  private static final int MAX_BUCKETS = 10_000;

  private final NavigableMap<Long, Long> versions = new ConcurrentSkipListMap<>();
  private volatile long everywhere;
  private final AtomicLong numbers;
  private volatile long latest;

  public RangeVersions() {
    this(new AtomicLong());
  }

  /// @param numbers the number given last, shared with others whose numbers must not be the same
  public RangeVersions(AtomicLong numbers) {
    this.numbers = numbers;
  }

  /// Data inside the range have changed, and can be read as they are now.
  public synchronized void changed(TimeRange range) {
    if (range.isEmpty()) {
      return;
    }
    long version = numbers.incrementAndGet();
    latest = version;
    long from = Math.floorDiv(range.startMillis(), BUCKET_MILLIS);
    long to = Math.floorDiv(range.endMillis(), BUCKET_MILLIS);
    if (to - from >= MAX_BUCKETS) {
      everywhere = version;
      versions.clear();
      return;
    }
    for (long bucket = from; bucket <= to; bucket++) {
      versions.put(bucket, version);
    }
    if (versions.size() > MAX_BUCKETS) {
      everywhere = version;
      versions.clear();
    }
  }

  /// The number of the last change; 0 before any.
  public long newest() {
    return latest;
  }

  /// A number that is never the same again after a change inside the range.
  public long version(TimeRange range) {
    long from = Math.floorDiv(range.startMillis(), BUCKET_MILLIS);
    long to = Math.floorDiv(range.endMillis(), BUCKET_MILLIS);
    long version = 0;
    if (from <= to) {
      for (long v : versions.subMap(from, true, to, true).values()) {
        version = Math.max(version, v);
      }
    }
    // Last: a change of everything is written before the buckets are emptied.
    return Math.max(version, everywhere);
  }
}
