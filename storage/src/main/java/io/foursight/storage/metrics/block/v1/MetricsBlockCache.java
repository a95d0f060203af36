package io.foursight.storage.metrics.block.v1;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Supplier;

/// Decoded index pages of any number of blocks, bounded by bytes; always safe to drop. Safe from
/// any thread.
public final class MetricsBlockCache {
  public static final long DEFAULT_BYTES = 32L << 20;

  /// What is cached.
  interface Page {
    /// Approximate heap bytes.
    int weight();
  }

  private record Key(long reader, int kind, long number) {}

  private final Cache<Key, Page> pages;

  public MetricsBlockCache(long maxBytes) {
    pages =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Key key, Page page) -> page.weight() + 96)
            .executor(Runnable::run)
            .build();
  }

  /// The cached page or what `load` gives. Two threads may load the same page at once.
  <T extends Page> T page(Class<T> type, long reader, int kind, long number, Supplier<T> load) {
    var key = new Key(reader, kind, number);
    Page cached = pages.getIfPresent(key);
    if (cached == null) {
      cached = load.get();
      pages.put(key, cached);
    }
    return type.cast(cached);
  }
}
