package io.foursight.queryfrontend.metrics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.MetricsQueryResult.Matrix;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Parts of range query results, kept by query and day and bounded by bytes. An entry holds the
/// extents of one day that were computed, each a gapless run of steps; it is valid for one version
/// of the day's data (see [io.foursight.model.metrics.MetricsLateWrites]). Always safe to drop.
/// Safe from any thread; what it holds is never changed.
final class ResultCache {
  private static final int MAX_EXTENTS = 16;

  /// @param phase start modulo step: only queries on the same grid of steps share results
  /// @param part number of the day (or longer interval) of which this is a part
  record Key(
      List<TenantId> tenants,
      String query,
      long stepMillis,
      long phase,
      Duration lookback,
      Options options,
      long interval,
      long part) {}

  /// @param startMillis first step
  /// @param endMillis last step, inclusive
  record Extent(
      long startMillis,
      long endMillis,
      Matrix matrix,
      Annotations annotations,
      long createdMillis) {}

  private record Entry(long version, List<Extent> extents) {}

  private final Cache<Key, Entry> entries;

  ResultCache(long maxBytes) {
    entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(ResultCache::weight)
            .executor(Runnable::run)
            .build();
  }

  private static int weight(Key key, Entry entry) {
    long bytes = 400 + 2L * key.query().length();
    for (Extent extent : entry.extents()) {
      bytes += 100 + MatrixParts.sizeBytes(extent.matrix());
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
    sorted.sort(Comparator.comparingLong(Extent::startMillis));
    var joined = new ArrayList<Extent>();
    for (Extent extent : sorted) {
      Extent last = joined.isEmpty() ? null : joined.getLast();
      if (last != null && extent.startMillis() <= last.endMillis() + key.stepMillis()) {
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
    if (second.endMillis() <= first.endMillis()) {
      return Optional.empty();
    }
    Matrix rest = MatrixParts.slice(second.matrix(), first.endMillis() + 1, second.endMillis());
    return Optional.of(
        new Extent(
            first.startMillis(),
            second.endMillis(),
            MatrixParts.join(List.of(first.matrix(), rest)),
            first.annotations().plus(second.annotations()),
            Math.min(first.createdMillis(), second.createdMillis())));
  }

  long entryCount() {
    return entries.estimatedSize();
  }
}
