package io.foursight.cmd;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.metrics.block.v1.MetricsBlockReader;
import io.foursight.storage.metrics.prometheus.PrometheusBlockWriter;
import io.foursight.storage.object.FileRangedReader;
import io.foursight.storage.object.RangedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes Prometheus blocks from the blocks of a tenant. The inputs are downloaded whole, since
/// every page of them is read, and kept while later ranges want them. A block is written under a
/// name that Prometheus passes over and renamed when it is complete. Owned by one thread.
final class ExportedBlocks {
  /// Told after each series.
  @FunctionalInterface
  interface Progress {
    void update(long series, long samples);
  }

  private final OfflineBlocks blocks;
  private final TenantId tenant;
  private final List<List<LabelMatcher>> selectors;
  private final Path directory;
  private final Ulids ids = new Ulids(Clock.systemUTC(), new SecureRandom());
  private final Map<String, Path> downloaded = new HashMap<>();
  private long samples;
  private long written;

  /// @param selectors series that satisfy all matchers of one of them are written
  ExportedBlocks(
      OfflineBlocks blocks, TenantId tenant, List<List<LabelMatcher>> selectors, Path directory) {
    this.blocks = blocks;
    this.tenant = tenant;
    this.selectors = selectors;
    this.directory = directory;
  }

  /// @param inputs oldest first, the later winning where samples differ
  /// @return the new block's directory; empty when there is no sample in the range
  Optional<Path> write(List<BlockMeta> inputs, TimeRange range, Progress progress) {
    forgetAllBut(inputs);
    String id = ids.next();
    Path hidden = directory.resolve(id + ".tmp-for-creation");
    var open = new ArrayList<AutoCloseable>();
    try (var writer = new PrometheusBlockWriter(hidden, id);
        SeriesCursor cursor = MergingSeriesCursor.of(cursors(inputs, range, open))) {
      var columns = new SampleColumns();
      while (cursor.next()) {
        cursor.samples(columns);
        writer.add(cursor.labels(), columns);
        progress.update(writer.seriesCount(), samples + writer.sampleCount());
      }
      if (writer.sampleCount() == 0) {
        return Optional.empty();
      }
      Path block = Files.move(writer.finish(), directory.resolve(id));
      samples += writer.sampleCount();
      written++;
      return Optional.of(block);
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE, "cannot write block " + directory.resolve(id) + ": " + e, e);
    } finally {
      closeAll(open);
      OfflineBlocks.deleteTree(hidden);
    }
  }

  private List<SeriesCursor> cursors(
      List<BlockMeta> inputs, TimeRange range, List<AutoCloseable> open) {
    var cursors = new ArrayList<SeriesCursor>();
    for (BlockMeta meta : inputs) {
      Path files = downloaded.computeIfAbsent(meta.id(), id -> download(meta));
      var reader =
          MetricsBlockReader.open(
              meta,
              name -> {
                RangedReader file = new FileRangedReader(files.resolve(name));
                open.add(file);
                return file;
              });
      open.add(reader);
      for (List<LabelMatcher> matchers : selectors) {
        cursors.add(
            reader.select(new MetricsSelect(tenant, range, matchers, QueryBudget.unlimited())));
      }
    }
    return cursors;
  }

  private Path download(BlockMeta meta) {
    Path files = blocks.scratch().resolve(meta.id());
    blocks.store().download(tenant, meta, files);
    return files;
  }

  private void forgetAllBut(List<BlockMeta> inputs) {
    List<String> wanted = inputs.stream().map(BlockMeta::id).toList();
    downloaded
        .entrySet()
        .removeIf(entry -> {
          boolean done = !wanted.contains(entry.getKey());
          if (done) {
            OfflineBlocks.deleteTree(entry.getValue());
          }
          return done;
        });
  }

  private static void closeAll(List<AutoCloseable> open) {
    for (AutoCloseable closeable : open.reversed()) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new FoursightException(ErrorKind.INTERNAL, "cannot close an exported block: " + e, e);
      }
    }
  }

  long samples() {
    return samples;
  }

  long blocks() {
    return written;
  }
}
