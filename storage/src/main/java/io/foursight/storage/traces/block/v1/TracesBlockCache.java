package io.foursight.storage.traces.block.v1;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/// Decoded Parquet footers of any number of blocks, bounded by (estimated) bytes; always safe to
/// drop. Safe from any thread.
public final class TracesBlockCache {
  public static final long DEFAULT_BYTES = 64L << 20;

  /// What a column of a row group takes in a decoded footer, about.
  private static final int CHUNK_BYTES = 400;

  private final Cache<Long, ParquetMetadata> footers;
  private final AtomicLong readers = new AtomicLong();

  public TracesBlockCache(long maxBytes) {
    footers =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Long reader, ParquetMetadata footer) -> weight(footer))
            .executor(Runnable::run)
            .build();
  }

  private static int weight(ParquetMetadata footer) {
    long columns = footer.getFileMetaData().getSchema().getPaths().size();
    return (int) Math.min(1 << 30, columns * (footer.getBlocks().size() + 1L) * CHUNK_BYTES);
  }

  /// A number for the keys of one reader.
  long newReader() {
    return readers.incrementAndGet();
  }

  ParquetMetadata footer(long reader, Function<Long, ParquetMetadata> decode) {
    return footers.get(reader, decode);
  }

  /// Drops what a closed reader left.
  void forget(long reader) {
    footers.invalidate(reader);
  }
}
