package io.foursight.storage.metrics.prometheus;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.metrics.block.v1.MetricsBlockWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Turns a Prometheus block into blocks of ours, one for each aligned range of time that it has
/// samples in. Owned by one thread.
public final class PrometheusImport {
  /// Told now and then.
  @FunctionalInterface
  public interface Progress {
    /// @param series read so far
    /// @param samples read so far
    /// @param totalSeries of the block by its own count, 0 when unknown
    void update(long series, long samples, long totalSeries);

    /// Tells nobody.
    static Progress none() {
      return (series, samples, total) -> {};
    }
  }

  /// A finished block and where its files lie.
  public record Imported(BlockMeta meta, Path directory) {}

  private static final int PROGRESS_SERIES = 1000;

  private PrometheusImport() {}

  /// @param source one Prometheus block
  /// @param work the new blocks' directories are made here, named by their ids
  /// @param range length of a new block's time range, 2 h to 24 h; ranges are multiples of it since
  ///   the epoch
  /// @param ids gives a new ULID at each call
  public static List<Imported> run(
      Path source,
      Path work,
      Duration range,
      Supplier<String> ids,
      long nowMillis,
      Progress progress) {
    long width = range.toMillis();
    if (width < Duration.ofHours(2).toMillis() || width > Duration.ofHours(24).toMillis()) {
      throw FoursightException.badData("import range " + range + " is not between 2h and 24h");
    }
    Map<Long, MetricsBlockWriter> writers = new TreeMap<>();
    Map<Long, String> names = new TreeMap<>();
    var imported = new ArrayList<Imported>();
    try (var reader = PrometheusBlockReader.open(source);
        SeriesCursor cursor = reader.scan(TimeRange.ALL)) {
      var samples = new SampleColumns();
      long series = 0;
      long rows = 0;
      while (cursor.next()) {
        cursor.samples(samples);
        split(cursor.labels(), samples, width, work, ids, writers, names);
        rows += samples.size();
        if (++series % PROGRESS_SERIES == 0) {
          progress.update(series, rows, reader.meta().series());
        }
      }
      progress.update(series, rows, reader.meta().series());
      for (var e : writers.entrySet()) {
        String id = names.get(e.getKey());
        BlockMeta meta = e.getValue().finish(1, List.of(id), List.of(), nowMillis);
        imported.add(new Imported(meta, work.resolve(id)));
      }
    } finally {
      writers.values().forEach(MetricsBlockWriter::close);
    }
    return imported;
  }

  private static void split(
      Labels labels,
      SampleColumns samples,
      long width,
      Path work,
      Supplier<String> ids,
      Map<Long, MetricsBlockWriter> writers,
      Map<Long, String> names) {
    var part = new SampleColumns();
    for (int from = 0; from < samples.size(); ) {
      long window = Math.floorDiv(samples.timestamp(from), width);
      part.clear();
      int to = from;
      while (to < samples.size() && Math.floorDiv(samples.timestamp(to), width) == window) {
        part.addFrom(samples, to++);
      }
      writers
          .computeIfAbsent(
              window,
              w -> {
                String id = ids.get();
                names.put(w, id);
                return new MetricsBlockWriter(work.resolve(id), id);
              })
          .add(labels, part);
      from = to;
    }
  }
}
