package io.foursight.model.metrics;

import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import java.time.Duration;

/// Tells a cache of query results whether the past has changed. Safe from any thread.
public interface MetricsLateWrites {
  /// A number that only grows and is never the same again after a late sample (one older than what
  /// caches keep out anyway) of the tenant was accepted inside the range. It changes **after** the
  /// sample can be read and **before** its writer gets the acknowledgement; so an answer computed
  /// after reading the number is still right as long as the number is unchanged.
  long version(TenantId tenant, TimeRange range);

  /// Samples younger than this when they arrive are not counted as late; caches must keep out what
  /// depends on data of that age.
  default Duration lateness() {
    return Duration.ofMinutes(10);
  }

  /// Whether every write of this tenant is seen here. When false (writers in other processes)
  /// caches must bound the age of what they keep as well.
  boolean exact();

  /// This and another one: either changes the version.
  default MetricsLateWrites and(MetricsLateWrites other) {
    MetricsLateWrites self = this;
    return new MetricsLateWrites() {
      @Override
      public long version(TenantId tenant, TimeRange range) {
        // Both only grow, so the sum is the same only while both are.
        return self.version(tenant, range) + other.version(tenant, range);
      }

      @Override
      public Duration lateness() {
        return self.lateness().compareTo(other.lateness()) >= 0
            ? self.lateness()
            : other.lateness();
      }

      @Override
      public boolean exact() {
        return self.exact() && other.exact();
      }
    };
  }

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
