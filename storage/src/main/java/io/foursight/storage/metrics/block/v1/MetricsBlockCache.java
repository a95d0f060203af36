package io.foursight.storage.metrics.block.v1;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Decoded index pages and index extents of any number of blocks, bounded by bytes; always safe to
/// drop. Safe from any thread.
public final class MetricsBlockCache {
  public static final long DEFAULT_BYTES = 32L << 20;

  /// What is cached.
  interface Page {
    /// Approximate heap bytes.
    int weight();
  }

  private record Key(long reader, int kind, long number) {}

  private final Cache<Key, Page> pages;
  private final AtomicLong readers = new AtomicLong();

  public MetricsBlockCache(long maxBytes) {
    pages =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Key key, Page page) -> page.weight() + 96)
            .executor(Runnable::run)
            .build();
  }

  /// A number for the keys of one reader.
  long newReader() {
    return readers.incrementAndGet();
  }

  /// Null when absent.
  <T extends Page> T find(Class<T> type, long reader, int kind, long number) {
    return type.cast(pages.getIfPresent(new Key(reader, kind, number)));
  }

  void put(long reader, int kind, long number, Page page) {
    pages.put(new Key(reader, kind, number), page);
  }

  /// The cached page or what `load` gives. Two threads may load the same page at once.
  <T extends Page> T page(Class<T> type, long reader, int kind, long number, Supplier<T> load) {
    T cached = find(type, reader, kind, number);
    if (cached == null) {
      cached = load.get();
      put(reader, kind, number, cached);
    }
    return cached;
  }

  /// Drops what a closed reader left.
  void forget(long reader) {
    pages.asMap().keySet().removeIf(key -> key.reader == reader);
  }
}
