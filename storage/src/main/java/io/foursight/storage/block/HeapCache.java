package io.foursight.storage.block;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Entries in the heap of this process, bounded by bytes, dropped by use.
final class HeapCache implements Cache {
  private static final int ENTRY_OVERHEAD = 160;

  private final com.github.benmanes.caffeine.cache.Cache<String, byte[]> entries;

  HeapCache(long maxBytes, MeterRegistry registry) {
    entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String key, byte[] bytes) -> bytes.length + key.length() + ENTRY_OVERHEAD)
            .recordStats()
            .executor(Runnable::run)
            .build();
    FunctionCounter.builder("foursight_page_cache_hits_total", entries, c -> c.stats().hitCount())
        .register(registry);
    FunctionCounter.builder(
            "foursight_page_cache_misses_total", entries, c -> c.stats().missCount())
        .register(registry);
    FunctionCounter.builder(
            "foursight_page_cache_evictions_total", entries, c -> c.stats().evictionCount())
        .register(registry);
    Gauge.builder("foursight_page_cache_size_bytes", this, HeapCache::sizeBytes).register(registry);
  }

  long sizeBytes() {
    var eviction = entries.policy().eviction();
    return eviction.isPresent() ? eviction.get().weightedSize().orElse(0) : 0;
  }

  @Override
  public Map<String, byte[]> get(Collection<String> keys) {
    var found = new HashMap<String, byte[]>();
    for (String key : keys) {
      byte[] bytes = entries.getIfPresent(key);
      if (bytes != null) {
        found.put(key, bytes);
      }
    }
    return found;
  }

  @Override
  public void put(String key, byte[] bytes) {
    entries.put(key, bytes);
  }
}
