package io.foursight.storage.profiles.block.v1;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.foursight.model.profiles.ProfileSymbols;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Decoded symbols of partitions of any number of blocks, bounded by bytes; always safe to drop.
/// Safe from any thread.
public final class ProfilesBlockCache {
  public static final long DEFAULT_BYTES = 64L << 20;

  private record Key(long reader, int partition) {}

  private final Cache<Key, ProfileSymbols> symbols;
  private final AtomicLong readers = new AtomicLong();

  public ProfilesBlockCache(long maxBytes) {
    symbols =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Key key, ProfileSymbols one) ->
                (int) Math.min(Integer.MAX_VALUE, one.memoryBytes() + 96))
            .executor(Runnable::run)
            .build();
  }

  /// A number for the keys of one reader.
  long newReader() {
    return readers.incrementAndGet();
  }

  ProfileSymbols symbols(long reader, int partition, Supplier<ProfileSymbols> read) {
    return symbols.get(new Key(reader, partition), key -> read.get());
  }

  /// Drops what a closed reader left.
  void forget(long reader) {
    symbols.asMap().keySet().removeIf(key -> key.reader == reader);
  }
}
