package io.foursight.model.logs;

import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import java.time.Duration;

/// Tells a cache of query results whether the past has changed: by late entries or by deletions.
/// Safe from any thread.
@FunctionalInterface
public interface LogsLateWrites {
  /// Entries younger than this when they arrive are not counted as late; caches must keep out what
  /// depends on data of that age.
  Duration LATENESS = Duration.ofMinutes(5);

  /// A number that is not the same again after a late entry of the tenant was accepted inside the
  /// range. It changes **after** the entry can be read and **before** its writer gets the
  /// acknowledgement; so an answer computed after reading the number is still right as long as the
  /// number is unchanged.
  long version(TenantId tenant, TimeRange range);

  /// This and another one: either changes the version.
  default LogsLateWrites and(LogsLateWrites other) {
    return (tenant, range) -> mix(version(tenant, range), other.version(tenant, range));
  }

  /// One number of two that changes with either.
  static long mix(long a, long b) {
    long mixed = (a ^ 0x9e3779b97f4a7c15L) * 0xff51afd7ed558ccdL;
    return (mixed ^ mixed >>> 33 ^ b) * 0xc4ceb9fe1a85ec53L;
  }
}
