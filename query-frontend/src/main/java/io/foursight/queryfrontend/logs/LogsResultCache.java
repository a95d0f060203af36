package io.foursight.queryfrontend.logs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsQueryResult.Matrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Parts of the results of metric queries over logs, kept by query and day and bounded by bytes. An
/// entry holds the extents of one day that were computed, each a gapless run of steps; it is valid
/// for one version of the day's data (see [io.foursight.model.logs.LogsLateWrites]). Always safe to
/// drop. Safe from any thread; what it holds is never changed.
final class LogsResultCache {
  private static final int MAX_EXTENTS = 16;

  /// @param phase start modulo step: only queries on the same grid of steps share results
  /// @param maxSeries bound of the series, past which a query has no result
  /// @param part number of the day (or longer interval) of which this is a part
  record Key(
      List<TenantId> tenants,
      String query,
      long stepNanos,
      long phase,
      int maxSeries,
      long interval,
      long part) {}

  /// @param startNanos first step
  /// @param endNanos last step, inclusive
  record Extent(long startNanos, long endNanos, Matrix matrix, long createdMillis) {}

  private record Entry(long version, List<Extent> extents) {}

  private final Cache<Key, Entry> entries;

  LogsResultCache(long maxBytes) {
    entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(LogsResultCache::weight)
            .executor(Runnable::run)
            .build();
  }

  private static int weight(Key key, Entry entry) {
    long bytes = 400 + 2L * key.query().length();
    for (Extent extent : entry.extents()) {
      bytes += 100 + LogsMatrixParts.sizeBytes(extent.matrix());
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  /// Extents of this version that were made after `oldestMillis`, ascending and apart.
  List<Extent> extents(Key key, long version, long oldestMillis) {
    Entry entry = entries.getIfPresent(key);
    if (entry == null || entry.version() != version) {
      return List.of();
    }
    return entry.extents().stream().filter(e -> e.createdMillis() >= oldestMillis).toList();
  }

  /// Replaces an entry; neighbours and overlaps among the extents become one.
  void put(Key key, long version, List<Extent> extents) {
    var sorted = new ArrayList<>(extents);
    sorted.sort(Comparator.comparingLong(Extent::startNanos));
    var joined = new ArrayList<Extent>();
    for (Extent extent : sorted) {
      Extent last = joined.isEmpty() ? null : joined.getLast();
      if (last != null && extent.startNanos() <= last.endNanos() + key.stepNanos()) {
        joined.removeLast();
        joined.add(join(last, extent).orElse(last));
      } else {
        joined.add(extent);
      }
    }
    while (joined.size() > MAX_EXTENTS) {
      joined.removeFirst();
    }
    entries.put(key, new Entry(version, List.copyOf(joined)));
  }

  private static Optional<Extent> join(Extent first, Extent second) {
    if (second.endNanos() <= first.endNanos()) {
      return Optional.empty();
    }
    Matrix rest = LogsMatrixParts.slice(second.matrix(), first.endNanos() + 1, second.endNanos());
    return Optional.of(
        new Extent(
            first.startNanos(),
            second.endNanos(),
            LogsMatrixParts.join(List.of(first.matrix(), rest)),
            Math.min(first.createdMillis(), second.createdMillis())));
  }

  long entryCount() {
    return entries.estimatedSize();
  }
}
