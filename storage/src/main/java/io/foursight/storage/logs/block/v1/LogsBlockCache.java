package io.foursight.storage.logs.block.v1;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Directories of row groups of any number of blocks, packed or decoded, bounded by bytes; always
/// safe to drop. Safe from any thread.
public final class LogsBlockCache {
  public static final long DEFAULT_BYTES = 64L << 20;

  private record Key(long reader, int group) {}

  private sealed interface Entry {
    int weight();
  }

  private record Packed(byte[] bytes) implements Entry {
    @Override
    public int weight() {
      return bytes.length;
    }
  }

  private record Decoded(GroupDirectory directory) implements Entry {
    @Override
    public int weight() {
      return directory.weight();
    }
  }

  private final Cache<Key, Entry> entries;
  private final AtomicLong readers = new AtomicLong();

  public LogsBlockCache(long maxBytes) {
    entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Key key, Entry entry) -> entry.weight() + 96)
            .executor(Runnable::run)
            .build();
  }

  /// A number for the keys of one reader.
  long newReader() {
    return readers.incrementAndGet();
  }

  void put(long reader, int group, byte[] packed) {
    entries.put(new Key(reader, group), new Packed(packed));
  }

  void put(long reader, int group, GroupDirectory directory) {
    entries.put(new Key(reader, group), new Decoded(directory));
  }

  Optional<byte[]> packed(long reader, int group) {
    return entries.getIfPresent(new Key(reader, group)) instanceof Packed packed
        ? Optional.of(packed.bytes)
        : Optional.empty();
  }

  Optional<GroupDirectory> directory(long reader, int group) {
    return entries.getIfPresent(new Key(reader, group)) instanceof Decoded decoded
        ? Optional.of(decoded.directory)
        : Optional.empty();
  }

  /// Drops what a closed reader left.
  void forget(long reader) {
    entries.asMap().keySet().removeIf(key -> key.reader == reader);
  }
}
