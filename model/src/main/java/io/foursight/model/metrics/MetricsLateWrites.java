package io.foursight.model.metrics;

import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import java.time.Duration;

/// Tells a cache of query results whether the past has changed. Safe from any thread.
public interface MetricsLateWrites {
  /// A number that is never the same again after a late sample (one older than what caches keep out
  /// anyway) of the tenant was accepted inside the range. It changes **after** the sample can be
  /// read and **before** its writer gets the acknowledgement; so an answer computed after reading
  /// the number is still right as long as the number is unchanged.
  long version(TenantId tenant, TimeRange range);

  /// Samples younger than this when they arrive are not counted as late; caches must keep out what
  /// depends on data of that age.
  default Duration lateness() {
    return Duration.ofMinutes(10);
  }

  /// Whether every write of this tenant is seen here. When false (writers in other processes)
  /// caches must bound the age of what they keep as well.
  boolean exact();

  /// Knows nothing.
  MetricsLateWrites NONE =
      new MetricsLateWrites() {
        @Override
        public long version(TenantId tenant, TimeRange range) {
          return 0;
        }

        @Override
        public boolean exact() {
          return false;
        }
      };
}
