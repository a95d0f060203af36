package io.foursight.storage.metrics.block.v1;

import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.object.RangedReader;
import java.util.List;
import java.util.function.Function;

/// Answers selects from one block by ranged reads. Safe from any thread; cursors belong to one
/// thread. The tenant of a select is ignored: whoever opened the block knows whose it is. Errors:
/// `CORRUPT` with file and offset, what the ranged readers throw, and what the budget throws.
public final class MetricsBlockReader implements AutoCloseable {
  private final BlockMeta meta;

  private MetricsBlockReader(BlockMeta meta) {
    this.meta = meta;
  }

  /// @param files opens a file of the block by its name
  public static MetricsBlockReader open(BlockMeta meta, Function<String, RangedReader> files) {
    return open(meta, files, new MetricsBlockCache(MetricsBlockCache.DEFAULT_BYTES));
  }

  /// @param cache decoded index pages, shared with other readers
  public static MetricsBlockReader open(
      BlockMeta meta, Function<String, RangedReader> files, MetricsBlockCache cache) {
    return new MetricsBlockReader(meta);
  }

  public BlockMeta meta() {
    return meta;
  }

  /// As [io.foursight.model.metrics.MetricsSource#select].
  public SeriesCursor select(MetricsSelect select) {
    throw new UnsupportedOperationException("not landed yet");
  }

  /// As [io.foursight.model.metrics.MetricsSource#series].
  public SeriesCursor series(MetricsSelect select) {
    throw new UnsupportedOperationException("not landed yet");
  }

  public List<String> labelNames(MetricsSelect select) {
    throw new UnsupportedOperationException("not landed yet");
  }

  public List<String> labelValues(String label, MetricsSelect select) {
    throw new UnsupportedOperationException("not landed yet");
  }

  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    throw new UnsupportedOperationException("not landed yet");
  }

  /// @param metric family, empty = all
  public List<MetricMetadata> metadata(String metric) {
    throw new UnsupportedOperationException("not landed yet");
  }

  /// Every series in [MetricsBlockFormat#SERIES_ORDER] with large sequential reads, for merges.
  public BlockScan scan(TimeRange range) {
    throw new UnsupportedOperationException("not landed yet");
  }

  @Override
  public void close() {}
}
