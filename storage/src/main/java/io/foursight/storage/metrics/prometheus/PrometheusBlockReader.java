package io.foursight.storage.metrics.prometheus;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.metrics.block.v1.MetricsBlockFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Streams the series of one Prometheus TSDB block; deleted ranges (tombstones) are left out. Files
/// are mapped. Owned by one thread, as are its cursors. Errors: `NOT_FOUND` where a file is
/// missing, `CORRUPT` with file and offset, `UNIMPLEMENTED` for index versions and chunk encodings
/// that this does not know.
public final class PrometheusBlockReader implements AutoCloseable {
  private static final int INDEX_MAGIC = 0xBAAAD700;
  private static final int CHUNKS_MAGIC = 0x85BD40DD;
  private static final int TOMBSTONES_MAGIC = 0x0130BA30;
  private static final int TOC_BYTES = 52;
  private static final int MAX_CHUNK_BYTES = 64 << 20;

  private record ChunkPlace(long minTime, long maxTime, long reference) {}

  private record Found(Labels labels, long offset) {}

  private final Arena arena = Arena.ofShared();
  private final PrometheusBlockMeta meta;
  private final MappedFile index;
  private final int version;
  private final List<MappedFile> segments = new ArrayList<>();
  private final Map<Long, String> symbols = new HashMap<>();
  private final Map<Long, List<TimeRange>> deleted = new HashMap<>();
  private final long postingsTable;

  private PrometheusBlockReader(Path block) {
    meta = PrometheusBlockMeta.read(block);
    index = new MappedFile(block.resolve("index"), arena);
    if (index.u32() != INDEX_MAGIC) {
      throw index.corrupt("not an index (bad magic)");
    }
    version = index.u8();
    if (version < 1 || version > 3) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED, index + ": index version " + version + ", not 1 to 3");
    }
    long toc = index.size() - TOC_BYTES;
    index.check(toc, TOC_BYTES - 4);
    index.seek(toc);
    long symbolsOffset = index.u64();
    index.seek(toc + 40);
    postingsTable = index.u64();
    readSymbols(symbolsOffset);
    openSegments(block.resolve("chunks"));
    readTombstones(block.resolve("tombstones"));
  }

  /// @param block the block's directory
  public static PrometheusBlockReader open(Path block) {
    return new PrometheusBlockReader(block);
  }

  public PrometheusBlockMeta meta() {
    return meta;
  }

  private void readSymbols(long offset) {
    long length = Integer.toUnsignedLong(index.seek(offset).u32());
    index.check(offset + 4, length);
    index.seek(offset + 4);
    long count = Integer.toUnsignedLong(index.u32());
    for (long i = 0; i < count; i++) {
      // Version 1 refers to symbols by their offset in the file.
      long key = version == 1 ? index.position() : i;
      symbols.put(key, index.text());
    }
  }

  private void openSegments(Path directory) {
    for (int i = 1; Files.exists(directory.resolve("%06d".formatted(i))); i++) {
      var segment = new MappedFile(directory.resolve("%06d".formatted(i)), arena);
      if (segment.u32() != CHUNKS_MAGIC || segment.u8() != 1) {
        throw segment.corrupt("not a chunk file of version 1");
      }
      segments.add(segment);
    }
  }

  private void readTombstones(Path file) {
    if (!Files.exists(file)) {
      return;
    }
    var stones = new MappedFile(file, arena);
    if (stones.u32() != TOMBSTONES_MAGIC || stones.u8() != 1) {
      throw stones.corrupt("not a tombstone file of version 1");
    }
    long end = stones.size() - 4;
    stones.check(5, end - 5);
    stones.seek(5);
    while (stones.position() < end) {
      long series = stones.uvarint();
      long from = stones.varint();
      deleted
          .computeIfAbsent(series, s -> new ArrayList<>())
          .add(new TimeRange(from, stones.varint()));
    }
  }

  /// Every series in label order; those without a sample in the range have no rows.
  public SeriesCursor series(TimeRange range) {
    long[] references = allPostings();
    return new Cursor(range) {
      private int at;

      @Override
      public boolean next() {
        if (at >= references.length) {
          return false;
        }
        current = readLabels(references[at++]);
        return true;
      }
    };
  }

  /// Every series in [MetricsBlockFormat#SERIES_ORDER], as our blocks want them. Holds the labels
  /// of all series, with shared strings.
  public SeriesCursor scan(TimeRange range) {
    var all = new ArrayList<Found>();
    for (long reference : allPostings()) {
      all.add(readLabels(reference));
    }
    all.sort((a, b) -> MetricsBlockFormat.SERIES_ORDER.compare(a.labels, b.labels));
    return new Cursor(range) {
      private int at;

      @Override
      public boolean next() {
        if (at >= all.size()) {
          return false;
        }
        current = all.get(at++);
        return true;
      }
    };
  }

  /// References of all series: the postings of the empty label.
  private long[] allPostings() {
    long length = Integer.toUnsignedLong(index.seek(postingsTable).u32());
    index.check(postingsTable + 4, length);
    index.seek(postingsTable + 4);
    long count = Integer.toUnsignedLong(index.u32());
    for (long i = 0; i < count; i++) {
      if (index.uvarint() != 2) {
        throw index.corrupt("postings table entry without a pair");
      }
      String name = index.text();
      String value = index.text();
      long offset = index.uvarint();
      if (name.isEmpty() && value.isEmpty()) {
        return postings(offset);
      }
    }
    return new long[0];
  }

  private long[] postings(long offset) {
    long length = Integer.toUnsignedLong(index.seek(offset).u32());
    index.check(offset + 4, length);
    index.seek(offset + 4);
    long count = Integer.toUnsignedLong(index.u32());
    if (count * 4 + 4 > length) {
      throw index.corrupt(count + " postings in " + length + " bytes");
    }
    var references = new long[(int) count];
    for (int i = 0; i < references.length; i++) {
      references[i] = Integer.toUnsignedLong(index.u32());
    }
    return references;
  }

  private Found readLabels(long reference) {
    long offset = version == 1 ? reference : 16 * reference;
    long length = index.seek(offset).uvarint();
    long start = index.position();
    index.check(start, length);
    index.seek(start);
    var pairs = new String[2 * (int) Math.min(index.uvarint(), 1 << 20)];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = symbols.get(index.uvarint());
      if (pairs[i] == null) {
        throw index.corrupt("unknown symbol");
      }
    }
    return new Found(Labels.of(pairs), reference);
  }

  private List<ChunkPlace> readChunkPlaces(long reference) {
    long offset = version == 1 ? reference : 16 * reference;
    index.seek(offset).uvarint();
    for (long left = 2 * index.uvarint(); left > 0; left--) {
      index.uvarint();
    }
    long count = index.uvarint();
    var places = new ArrayList<ChunkPlace>();
    long time = 0;
    long chunk = 0;
    for (long i = 0; i < count; i++) {
      long min = i == 0 ? index.varint() : time + index.uvarint();
      long max = min + index.uvarint();
      chunk = i == 0 ? index.uvarint() : chunk + index.varint();
      places.add(new ChunkPlace(min, max, chunk));
      time = max;
    }
    return places;
  }

  private void readChunk(long reference, SampleColumns into) {
    int number = (int) (reference >>> 32);
    if (number >= segments.size()) {
      throw index.corrupt("chunk file " + (number + 1) + " of " + segments.size());
    }
    MappedFile segment = segments.get(number);
    long offset = reference & 0xffffffffL;
    long length = segment.seek(offset).uvarint();
    long start = segment.position();
    if (length > MAX_CHUNK_BYTES) {
      throw segment.corrupt("a chunk of " + length + " bytes");
    }
    segment.check(start, length + 1);
    int encoding = segment.seek(start).u8();
    var bits = new BitReader(segment.bytes(length), segment + " chunk at " + offset);
    switch (encoding) {
      case XorChunk.ENCODING -> XorChunk.decode(bits, into);
      case HistogramChunk.INTEGER_ENCODING, HistogramChunk.FLOAT_ENCODING ->
          HistogramChunk.decode(bits, encoding, into);
      default ->
          throw new FoursightException(
              ErrorKind.UNIMPLEMENTED,
              segment + ": chunk encoding " + encoding + " at offset " + offset + ", not 1 to 3");
    }
  }

  private abstract class Cursor implements SeriesCursor {
    private final TimeRange range;
    Found current;

    Cursor(TimeRange range) {
      this.range = range;
    }

    @Override
    public Labels labels() {
      return current.labels;
    }

    @Override
    public void samples(SampleColumns into) {
      var all = new SampleColumns();
      for (ChunkPlace place : readChunkPlaces(current.offset)) {
        if (place.maxTime < range.startMillis() || place.minTime > range.endMillis()) {
          continue;
        }
        if (all.isEmpty() || all.timestamp(all.size() - 1) < place.minTime) {
          readChunk(place.reference, all);
        } else {
          // Chunks of late samples overlap.
          var other = new SampleColumns();
          readChunk(place.reference, other);
          var merged = new SampleColumns();
          MergingSeriesCursor.mergeSamples(all, other, merged);
          all = merged;
        }
      }
      List<TimeRange> gone = deleted.getOrDefault(current.offset, List.of());
      into.clear();
      for (int i = 0; i < all.size(); i++) {
        long t = all.timestamp(i);
        if (range.contains(t) && gone.stream().noneMatch(r -> r.contains(t))) {
          into.addFrom(all, i);
        }
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public void close() {
    arena.close();
  }

  /// Directories of the blocks below a Prometheus data directory, or the directory itself when it
  /// is a block.
  public static List<Path> blocks(Path directory) {
    if (Files.exists(directory.resolve(PrometheusBlockMeta.FILE))) {
      return List.of(directory);
    }
    try (var children = Files.list(directory)) {
      return children
          .filter(p -> Files.exists(p.resolve(PrometheusBlockMeta.FILE)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new FoursightException(ErrorKind.NOT_FOUND, "cannot list " + directory, e);
    }
  }
}
