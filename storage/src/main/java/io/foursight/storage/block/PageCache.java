package io.foursight.storage.block;

import io.foursight.storage.object.StorageConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Pages of immutable objects. Keys are the whole object key, and with it tenant and block id, and
/// the page's number. Safe from any thread.
public final class PageCache implements AutoCloseable {
  /// Bytes of a page; the last one of an object is shorter.
  public static final int PAGE_BYTES = 64 << 10;

  private final Cache cache;

  /// In the heap only.
  public PageCache(long maxBytes, MeterRegistry registry) {
    this(new HeapCache(maxBytes, registry));
  }

  PageCache(Cache cache) {
    this.cache = cache;
  }

  /// As configured: in the heap, with memcached behind it when it has addresses.
  public static PageCache open(StorageConfig.PageCaching config, MeterRegistry registry) {
    Cache heap = new HeapCache(config.pageCacheSize().bytes(), registry);
    if (config.memcachedAddresses().isEmpty()) {
      return new PageCache(heap);
    }
    return new PageCache(
        new TieredCache(
            heap,
            new MemcachedCache(config.memcachedAddresses(), config.memcachedTimeout(), registry)));
  }

  /// The pages that are there. Their arrays are shared.
  Map<Long, byte[]> get(String object, Collection<Long> numbers) {
    var byKey = new HashMap<String, Long>();
    numbers.forEach(number -> byKey.put(key(object, number), number));
    var found = new HashMap<Long, byte[]>();
    cache.get(byKey.keySet()).forEach((key, bytes) -> found.put(byKey.get(key), bytes));
    return found;
  }

  /// @param bytes never written afterwards
  void put(String object, long number, byte[] bytes) {
    cache.put(key(object, number), bytes);
  }

  private static String key(String object, long number) {
    return object + '#' + number;
  }

  @Override
  public void close() {
    cache.close();
  }
}
