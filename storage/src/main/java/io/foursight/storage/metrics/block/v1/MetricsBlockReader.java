package io.foursight.storage.metrics.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/// Answers selects from one block by ranged reads. Safe from any thread; cursors belong to one
/// thread. The tenant of a select is ignored: whoever opened the block knows whose it is. Label
/// names and values are told for the whole block when its time range meets the selected one.
/// Errors: `CORRUPT` with file and offset, `UNIMPLEMENTED` for a block of an older or newer
/// version, what the ranged readers throw, and what the budget throws.
public final class MetricsBlockReader implements AutoCloseable {
  private static final int TIMESTAMP_EXTENT_BYTES = 256 << 10;
  private static final int VALUES_EXTENTS = 5;
  private static final int TIMESTAMP_EXTENTS = 6;
  private static final int EXEMPLAR_EXTENTS = 7;
  private static final int MIN_STRETCH = 256;
  private static final int MAX_METADATA_BYTES = 1 << 30;

  private final BlockMeta meta;
  private final Function<String, RangedReader> files;
  private final MetricsBlockCache cache;
  private final long id;
  private final BlockIndex index;
  private final ExtentReader timestamps;
  private final ExtentReader values;
  private final Optional<ExtentReader> exemplars;

  private MetricsBlockReader(
      BlockMeta meta, Function<String, RangedReader> files, MetricsBlockCache cache) {
    this.meta = meta;
    this.files = files;
    this.cache = cache;
    id = cache.newReader();
    index =
        new BlockIndex(
            files.apply(MetricsBlockFormat.INDEX), size(MetricsBlockFormat.INDEX), cache, id);
    timestamps = file(MetricsBlockFormat.TIMESTAMPS, TIMESTAMP_EXTENTS);
    values = file(MetricsBlockFormat.VALUES, VALUES_EXTENTS);
    exemplars =
        index.exemplarPages().isEmpty()
            ? Optional.empty()
            : Optional.of(file(MetricsBlockFormat.EXEMPLARS, EXEMPLAR_EXTENTS));
  }

  /// Reads the table of contents (one read, two for a very large block).
  ///
  /// @param files opens a file of the block by its name
  public static MetricsBlockReader open(BlockMeta meta, Function<String, RangedReader> files) {
    return open(meta, files, new MetricsBlockCache(MetricsBlockCache.DEFAULT_BYTES));
  }

  /// @param cache decoded index pages, shared with other readers
  public static MetricsBlockReader open(
      BlockMeta meta, Function<String, RangedReader> files, MetricsBlockCache cache) {
    if (!meta.format().equals(MetricsBlockFormat.NAME)) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED,
          "block "
              + meta.id()
              + " has format "
              + meta.format()
              + ", not "
              + MetricsBlockFormat.NAME);
    }
    return new MetricsBlockReader(meta, files, cache);
  }

  private ExtentReader file(String name, int kind) {
    return new ExtentReader(
        files.apply(name), name, size(name), TIMESTAMP_EXTENT_BYTES, cache, id, kind);
  }

  private long size(String name) {
    return meta.files().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            FoursightException.corrupt(
                "block " + meta.id() + ": " + BlockMeta.FILE_NAME + " names no file " + name))
        .sizeBytes();
  }

  public BlockMeta meta() {
    return meta;
  }

  /// As [io.foursight.model.metrics.MetricsSource#select]; series without a sample in the range are
  /// left out as far as their first and last sample tell.
  public SeriesCursor select(MetricsSelect select) {
    return cursor(select, true);
  }

  /// The same series, in series order instead of label order, in at most `parts` stretches of about
  /// the same number of series that different threads may read.
  public List<SeriesOrderCursor> selectInSeriesOrder(MetricsSelect select, int parts) {
    if (!select.range().overlaps(meta.timeRange()) || select.range().isEmpty()) {
      return List.of();
    }
    int[] found = new PostingsQuery(index, select.budget()).find(select.matchers()).toArray();
    int n = Math.clamp(found.length / MIN_STRETCH, 1, parts);
    var cursors = new ArrayList<SeriesOrderCursor>(n);
    for (int p = 0; p < n; p++) {
      int from = (int) ((long) p * found.length / n);
      int to = (int) ((p + 1L) * found.length / n);
      cursors.add(new SeriesOrderCursor(index, timestamps, values, select, found, from, to));
    }
    return cursors;
  }

  /// As [io.foursight.model.metrics.MetricsSource#series].
  public SeriesCursor series(MetricsSelect select) {
    return cursor(select, false);
  }

  private SeriesCursor cursor(MetricsSelect select, boolean withSamples) {
    if (!select.range().overlaps(meta.timeRange()) || select.range().isEmpty()) {
      return SeriesCursor.empty();
    }
    var found = new PostingsQuery(index, select.budget()).find(select.matchers());
    return new SelectCursor(index, timestamps, values, select, found, withSamples);
  }

  public List<String> labelNames(MetricsSelect select) {
    if (!select.range().overlaps(meta.timeRange())) {
      return List.of();
    }
    var query = new PostingsQuery(index, select.budget());
    RoaringBitmap found = select.matchers().isEmpty() ? null : query.find(select.matchers());
    var names = new ArrayList<String>();
    for (int i = 0; i < index.nameCount(); i++) {
      select.budget().check();
      if (found == null || RoaringBitmap.intersects(found, query.withLabel(i))) {
        names.add(index.name(i));
      }
    }
    return names;
  }

  public List<String> labelValues(String label, MetricsSelect select) {
    int name = index.ordinal(label);
    if (name < 0 || !select.range().overlaps(meta.timeRange())) {
      return List.of();
    }
    var query = new PostingsQuery(index, select.budget());
    int count = index.valueCount(name);
    var ranks = new BitSet(count);
    if (select.matchers().isEmpty()) {
      ranks.set(0, count);
    } else {
      RoaringBitmap found = query.find(select.matchers());
      found.and(query.withLabel(name));
      if (found.getLongCardinality() <= 4L * count) {
        var walk = new SeriesWalk(index);
        PeekableIntIterator series = found.getIntIterator();
        while (series.hasNext()) {
          int s = series.next();
          ranks.set(walk.rank(s, name));
        }
      } else {
        for (int rank = 0; rank < count; rank++) {
          ranks.set(rank, RoaringBitmap.intersects(found, query.withValue(name, rank)));
        }
      }
    }
    var texts = new ArrayList<String>(ranks.cardinality());
    for (int rank = ranks.nextSetBit(0); rank >= 0; rank = ranks.nextSetBit(rank + 1)) {
      if ((rank & 1023) == 0) {
        select.budget().check();
      }
      texts.add(index.value(name, rank));
    }
    return texts;
  }

  /// As [io.foursight.model.metrics.MetricsSource#exemplars].
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    if (index.exemplarPages().isEmpty()) {
      return List.of();
    }
    var found = new PostingsQuery(index, select.budget()).find(select.matchers());
    ExemplarsReader reader = exemplarsReader();
    var walk = new SeriesWalk(index);
    var all = new ArrayList<ExemplarSeries>();
    PeekableIntIterator series = found.getIntIterator();
    while (series.hasNext()) {
      int s = series.next();
      List<Exemplar> list = reader.of(s, select.range());
      if (!list.isEmpty()) {
        select.budget().check();
        Labels labels = walk.labels(s);
        int shards = select.hints().shardCount();
        if (shards == 0 || SeriesHash.shard(labels, shards) == select.hints().shardIndex()) {
          all.add(new ExemplarSeries(labels, list));
        }
      }
    }
    all.sort(Comparator.comparing(ExemplarSeries::labels));
    return all;
  }

  private ExemplarsReader exemplarsReader() {
    // Without pages it never touches a file.
    return new ExemplarsReader(index, exemplars.orElse(values));
  }

  /// @param metric family, empty = all
  public List<MetricMetadata> metadata(String metric) {
    return index.metadata().map(in -> readMetadata(in, metric)).orElse(List.of());
  }

  private static List<MetricMetadata> readMetadata(ByteReader packed, String metric) {
    ByteReader in = ExemplarsReader.unpack(packed, MAX_METADATA_BYTES);
    var types = MetricMetadata.Type.values();
    var entries = new ArrayList<MetricMetadata>();
    while (in.remaining() > 0) {
      String family = in.text();
      var type = types[in.varint(types.length - 1)];
      String help = in.text();
      String unit = in.text();
      if (metric.isEmpty() || metric.equals(family)) {
        entries.add(new MetricMetadata(family, type, help, unit));
      }
    }
    return entries;
  }

  /// Every series in [MetricsBlockFormat#SERIES_ORDER] with large sequential reads, for merges.
  public BlockScan scan(TimeRange range) {
    return new ScanCursor(index, timestamps, values, exemplarsReader(), range);
  }

  /// Reads and decodes everything, and so compares every checksum.
  ///
  /// @throws FoursightException `CORRUPT` at the first damage
  public void verify() {
    for (ExtentReader file : List.of(timestamps, values)) {
      byte[] header = file.read(0, MetricsBlockFormat.HEADER_BYTES);
      MetricsBlockFormat.checkHeader(
          new ByteReader(header, 0, header.length, file.name(), 0), file.name());
    }
    index.verify();
    var names = new PostingsQuery(index, QueryBudget.unlimited());
    for (int n = 0; n < index.nameCount(); n++) {
      names.withLabel(n);
      for (int rank = 0; rank < index.valueCount(n); rank++) {
        names.withValue(n, rank);
      }
    }
    metadata("");
    var samples = new SampleColumns();
    try (BlockScan scan = scan(TimeRange.ALL)) {
      while (scan.next()) {
        scan.labels();
        scan.samples(samples);
        scan.exemplars();
      }
    }
  }

  public long seriesCount() {
    return index.seriesCount();
  }

  @Override
  public void close() {
    cache.forget(id);
    index.close();
    timestamps.close();
    values.close();
    exemplars.ifPresent(ExtentReader::close);
  }
}
