package io.foursight.storage.block;

import io.foursight.model.TimeRange;
import java.util.List;
import java.util.Map;

/// The content of a block's `meta.json`, the file that makes the block visible.
///
/// @param id ULID, 26 characters
/// @param format for example `storage.metrics.block.v1`
/// @param minTimeMillis first sample, inclusive
/// @param maxTimeMillis last sample, inclusive
/// @param level 1 = cut by an ingester
/// @param sources ids of the level-1 blocks that this one holds
/// @param parents ids of the blocks that it was merged from and replaces
/// @param files every file of the block with its size, `meta.json` left out
/// @param stats counts for operators: series, samples, chunks, ...
public record BlockMeta(
    int version,
    String id,
    String format,
    long minTimeMillis,
    long maxTimeMillis,
    int level,
    List<String> sources,
    List<String> parents,
    List<File> files,
    Map<String, Long> stats,
    long createdMillis) {
  public record File(String name, long sizeBytes) {}

  public static final int VERSION = 1;
  public static final String FILE_NAME = "meta.json";

  public BlockMeta {
    sources = List.copyOf(sources);
    parents = List.copyOf(parents);
    files = List.copyOf(files);
    stats = Map.copyOf(stats);
  }

  public TimeRange timeRange() {
    return new TimeRange(minTimeMillis, maxTimeMillis);
  }

  public long sizeBytes() {
    return files.stream().mapToLong(File::sizeBytes).sum();
  }
}
