package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.storage.block.BlockMeta;
import java.nio.file.Path;
import java.util.List;

/// Writes one block as files in a local directory; `meta.json` is left to
/// [io.foursight.storage.block.BlockStore#upload]. Series arrive in ascending
/// [MetricsBlockFormat#SERIES_ORDER], each once; sample data are streamed to disk, only label
/// values and postings are held. Owned by one thread. Errors: `BAD_DATA` for series out of order,
/// `UNAVAILABLE` when the directory cannot be written.
public final class MetricsBlockWriter implements AutoCloseable {
  /// @param directory where the files go; created when absent
  /// @param blockId ULID
  public MetricsBlockWriter(Path directory, String blockId) {}

  /// Adds a series with its samples. No rows at all is allowed (the series then carries exemplars
  /// only). The columns are read before this returns.
  public void add(Labels labels, SampleColumns samples) {
    throw new UnsupportedOperationException("not landed yet");
  }

  /// Exemplars of the series added last, or of a series that follows it in order and has no
  /// samples.
  public void addExemplars(Labels labels, List<Exemplar> exemplars) {
    throw new UnsupportedOperationException("not landed yet");
  }

  /// At any time, in any order; equal ones are kept once.
  public void addMetadata(MetricMetadata metadata) {
    throw new UnsupportedOperationException("not landed yet");
  }

  public long seriesCount() {
    return 0;
  }

  public long sampleCount() {
    return 0;
  }

  /// Writes index and footers, syncs the files and describes the block.
  public BlockMeta finish(
      int level, List<String> sources, List<String> parents, long createdMillis) {
    throw new UnsupportedOperationException("not landed yet");
  }

  /// Without [#finish], removes what was written.
  @Override
  public void close() {}
}
