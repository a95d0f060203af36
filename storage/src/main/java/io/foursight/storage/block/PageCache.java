package io.foursight.storage.block;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;

/// Pages of immutable objects in the heap, bounded by bytes, dropped by use. Keys carry the whole
/// object key, and with it tenant and block id. Safe from any thread.
public final class PageCache {
  /// Bytes of a page; the last one of an object is shorter.
  public static final int PAGE_BYTES = 64 << 10;

  private static final int ENTRY_OVERHEAD = 160;

  record Key(String object, long page) {}

  private final Cache<Key, byte[]> pages;

  public PageCache(long maxBytes, MeterRegistry registry) {
    pages =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Key key, byte[] page) -> page.length + key.object.length() + ENTRY_OVERHEAD)
            .recordStats()
            .executor(Runnable::run)
            .build();
    FunctionCounter.builder("foursight_page_cache_hits_total", pages, c -> c.stats().hitCount())
        .register(registry);
    FunctionCounter.builder("foursight_page_cache_misses_total", pages, c -> c.stats().missCount())
        .register(registry);
    FunctionCounter.builder(
            "foursight_page_cache_evictions_total", pages, c -> c.stats().evictionCount())
        .register(registry);
    Gauge.builder(
            "foursight_page_cache_size_bytes",
            pages,
            c ->
                c.policy()
                    .eviction()
                    .flatMap(e -> e.weightedSize().stream().boxed().findFirst())
                    .orElse(0L))
        .register(registry);
  }

  Optional<byte[]> get(String object, long page) {
    return Optional.ofNullable(pages.getIfPresent(new Key(object, page)));
  }

  /// @param bytes never written afterwards
  void put(String object, long page, byte[] bytes) {
    pages.put(new Key(object, page), bytes);
  }
}
