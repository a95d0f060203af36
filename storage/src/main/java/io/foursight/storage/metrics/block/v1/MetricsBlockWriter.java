package io.foursight.storage.metrics.block.v1;

import com.github.luben.zstd.Zstd;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.storage.block.BlockFile;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes one block as files in a local directory; `meta.json` is left to
/// [io.foursight.storage.block.BlockStore#upload]. Series arrive in ascending
/// [MetricsBlockFormat#SERIES_ORDER], each once; sample data are streamed to disk, only label
/// values (once), some 3 bytes a label of a series, and some 40 bytes a distinct timestamp column
/// are held. Owned by one thread. Errors: `BAD_DATA` for series out of order, `UNAVAILABLE` when
/// the directory cannot be written.
public final class MetricsBlockWriter implements AutoCloseable {
  private final Path directory;
  private final String blockId;
  private final BlockFile values;
  private final BlockFile timestampsFile;
  private final TimestampColumns timestamps;
  private final ExemplarsWriter exemplars;
  private final IndexWriter index = new IndexWriter();
  private final SeriesCodec codec = new SeriesCodec();
  private final BucketChain buckets = new BucketChain();
  private final ByteWriter out = new ByteWriter(1 << 14);
  private final ByteWriter difference = new ByteWriter(1 << 14);
  private final Set<MetricMetadata> metadata = new LinkedHashSet<>();
  private Labels last = Labels.EMPTY;
  private boolean lastHasExemplars;
  private long sampleCount;
  private long histogramCount;
  private boolean finished;

  /// @param directory where the files go; created when absent
  /// @param blockId ULID
  public MetricsBlockWriter(Path directory, String blockId) {
    this.directory = directory;
    this.blockId = blockId;
    values = MetricsBlockFormat.file(directory, MetricsBlockFormat.VALUES);
    timestampsFile = MetricsBlockFormat.file(directory, MetricsBlockFormat.TIMESTAMPS);
    timestamps = new TimestampColumns(timestampsFile);
    exemplars = new ExemplarsWriter(directory);
  }

  /// Adds a series with its samples. No rows at all is allowed (the series then carries exemplars
  /// only). The columns are read before this returns.
  public void add(Labels labels, SampleColumns samples) {
    if (index.seriesCount() > 0 && MetricsBlockFormat.SERIES_ORDER.compare(last, labels) >= 0) {
      throw FoursightException.badData(
          "block " + blockId + ": series " + labels + " added after " + last + ", out of order");
    }
    checkTimestamps(labels, samples);
    last = labels;
    lastHasExemplars = false;
    int n = samples.size();
    if (n == 0) {
      buckets.reset();
      index.add(labels, new TimestampColumns.Place(0, 0, true), 0, 0, 0, 0, false);
      return;
    }
    var place = timestamps.place(labels, samples.timestamps(), n);
    out.clear();
    codec.encode(samples, out);
    ByteWriter chosen = out;
    boolean lower =
        buckets.follows(labels, samples, place)
            && codec.encodeDifference(
                samples.values(),
                buckets.lower(),
                buckets.scratch(n),
                n,
                out.size() - 4,
                difference);
    if (lower) {
      chosen = difference;
    }
    buckets.keep(labels, samples, place, lower);
    values.append(chosen);
    index.add(
        labels, place, n, samples.timestamp(0), samples.timestamp(n - 1), chosen.size(), lower);
    sampleCount += n;
    for (int i = 0; samples.hasHistograms() && i < n; i++) {
      histogramCount += samples.isHistogram(i) ? 1 : 0;
    }
  }

  private void checkTimestamps(Labels labels, SampleColumns samples) {
    for (int i = 1; i < samples.size(); i++) {
      if (samples.timestamp(i) <= samples.timestamp(i - 1)) {
        throw FoursightException.badData(
            "block %s: series %s: timestamp %d follows %d"
                .formatted(blockId, labels, samples.timestamp(i), samples.timestamp(i - 1)));
      }
    }
  }

  /// Exemplars of the series added last, or of a series that follows it in order and has no
  /// samples. Once a series.
  public void addExemplars(Labels labels, List<Exemplar> added) {
    if (index.seriesCount() == 0 || !labels.equals(last)) {
      add(labels, new SampleColumns());
    }
    if (lastHasExemplars) {
      throw FoursightException.badData(
          "block " + blockId + ": exemplars of series " + labels + " added twice");
    }
    lastHasExemplars = true;
    exemplars.add(index.seriesCount() - 1, added);
  }

  /// At any time, in any order; equal ones are kept once.
  public void addMetadata(MetricMetadata entry) {
    metadata.add(entry);
  }

  public long seriesCount() {
    return index.seriesCount();
  }

  public long sampleCount() {
    return sampleCount;
  }

  /// Bytes of sample data written so far.
  public long dataBytes() {
    return values.size() + timestampsFile.size();
  }

  /// Writes index and footers, syncs the files and describes the block. A block without samples has
  /// the time range 0..-1.
  public BlockMeta finish(
      int level, List<String> sources, List<String> parents, long createdMillis) {
    ByteWriter exemplarDirectory = exemplars.finish();
    values.finish();
    timestampsFile.finish();
    var indexFile = MetricsBlockFormat.file(directory, MetricsBlockFormat.INDEX);
    try {
      index.write(indexFile, timestamps, packMetadata(), exemplarDirectory);
      indexFile.finish();
    } catch (RuntimeException e) {
      indexFile.close();
      throw e;
    }
    finished = true;
    boolean empty = sampleCount == 0;
    return new BlockMeta(
        BlockMeta.VERSION,
        blockId,
        MetricsBlockFormat.NAME,
        empty ? 0 : index.minTime(),
        empty ? -1 : index.maxTime(),
        level,
        sources,
        parents,
        files(),
        Map.of(
            "series",
            (long) index.seriesCount(),
            "samples",
            sampleCount,
            "histograms",
            histogramCount,
            "exemplars",
            exemplars.count(),
            "timestamp_columns",
            (long) timestamps.count(),
            "label_values",
            index.valueCount()),
        createdMillis);
  }

  private List<BlockMeta.File> files() {
    var names =
        new ArrayList<>(
            List.of(
                MetricsBlockFormat.INDEX,
                MetricsBlockFormat.TIMESTAMPS,
                MetricsBlockFormat.VALUES));
    if (exemplars.hasFile()) {
      names.add(MetricsBlockFormat.EXEMPLARS);
    }
    var files = new ArrayList<BlockMeta.File>();
    for (String name : names) {
      try {
        files.add(new BlockMeta.File(name, Files.size(directory.resolve(name))));
      } catch (IOException e) {
        throw new FoursightException(
            ErrorKind.UNAVAILABLE, "cannot read size of " + directory.resolve(name), e);
      }
    }
    return files;
  }

  /// `| raw length varint | zstd of (family, type u8, help, unit)* | crc u32 |`, nothing when there
  /// is none.
  private ByteWriter packMetadata() {
    var packed = new ByteWriter();
    if (metadata.isEmpty()) {
      return packed;
    }
    var raw = new ByteWriter();
    metadata.stream()
        .sorted((a, b) -> Labels.compareText(a.metricFamily(), b.metricFamily()))
        .forEach(m -> {
          raw.text(m.metricFamily());
          raw.u8(m.type().ordinal());
          raw.text(m.help());
          raw.text(m.unit());
        });
    byte[] zstd = Zstd.compress(raw.toByteArray());
    packed.varint(raw.size());
    packed.bytes(zstd, 0, zstd.length);
    packed.checksum(0);
    return packed;
  }

  /// Without [#finish], removes what was written.
  @Override
  public void close() {
    if (!finished) {
      finished = true;
      exemplars.abort();
      values.close();
      timestampsFile.close();
    }
  }
}
