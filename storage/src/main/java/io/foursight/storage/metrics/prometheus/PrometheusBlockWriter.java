package io.foursight.storage.metrics.prometheus;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.storage.encoding.Crc32c;
import io.foursight.storage.metrics.prometheus.BigEndianFile.Section;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes one Prometheus TSDB block: index version 2, chunks of up to 120 samples, an empty
/// tombstone file, and `meta.json` last. Series arrive in ascending label order, each once; those
/// without samples are left out. Chunks are streamed to disk, label strings and postings are held.
/// Start timestamps and exemplars have no place in such blocks and are dropped. Owned by one
/// thread. Errors: `BAD_DATA` for series out of order, `UNAVAILABLE` when the directory cannot be
/// written.
public final class PrometheusBlockWriter implements AutoCloseable {
  private static final int CHUNK_ROWS = 120;
  private static final long SEGMENT_BYTES = 512L << 20;

  private record Chunk(long minTime, long maxTime, long reference) {}

  private final Path block;
  private final String ulid;
  private final Path spool;
  private final DataOutputStream spooled;
  private final Map<String, Integer> symbolIds = new HashMap<>();
  private final List<String> symbols = new ArrayList<>();
  private BigEndianFile segment;
  private int segmentNumber;
  private Labels last = Labels.EMPTY;
  private long seriesCount;
  private long sampleCount;
  private long floatCount;
  private long chunkCount;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;
  private boolean finished;

  /// @param parent the block becomes the directory `parent/ulid`
  public PrometheusBlockWriter(Path parent, String ulid) {
    this.ulid = ulid;
    block = parent.resolve(ulid);
    spool = block.resolve("series.tmp");
    try {
      Files.createDirectories(block.resolve("chunks"));
      spooled =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(spool), 1 << 16));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  public void add(Labels labels, SampleColumns samples) {
    if (samples.isEmpty()) {
      return;
    }
    if (seriesCount > 0 && last.compareTo(labels) >= 0) {
      throw FoursightException.badData(
          "block " + ulid + ": series " + labels + " added after " + last + ", out of order");
    }
    last = labels;
    try {
      List<Chunk> chunks = writeChunks(samples);
      spooled.writeInt(labels.size());
      for (int i = 0; i < labels.size(); i++) {
        spooled.writeInt(symbol(labels.name(i)));
        spooled.writeInt(symbol(labels.value(i)));
      }
      spooled.writeInt(chunks.size());
      for (Chunk c : chunks) {
        spooled.writeLong(c.minTime);
        spooled.writeLong(c.maxTime);
        spooled.writeLong(c.reference);
      }
    } catch (IOException e) {
      throw failed(e);
    }
    seriesCount++;
    sampleCount += samples.size();
    minTime = Math.min(minTime, samples.timestamp(0));
    maxTime = Math.max(maxTime, samples.timestamp(samples.size() - 1));
  }

  public long seriesCount() {
    return seriesCount;
  }

  public long sampleCount() {
    return sampleCount;
  }

  private int symbol(String text) {
    return symbolIds.computeIfAbsent(
        text,
        t -> {
          symbols.add(t);
          return symbols.size() - 1;
        });
  }

  private List<Chunk> writeChunks(SampleColumns samples) throws IOException {
    var chunks = new ArrayList<Chunk>();
    int n = samples.size();
    for (int from = 0; from < n; ) {
      boolean histogram = samples.isHistogram(from);
      int to = from + 1;
      while (to < n
          && to - from < CHUNK_ROWS
          && samples.isHistogram(to) == histogram
          && (!histogram
              || HistogramChunk.continues(samples.histogram(to - 1), samples.histogram(to)))) {
        to++;
      }
      BitWriter bits =
          histogram ? HistogramChunk.encode(samples, from, to) : XorChunk.encode(samples, from, to);
      int encoding =
          histogram ? HistogramChunk.encoding(samples.histogram(from)) : XorChunk.ENCODING;
      long reference = append(encoding, bits);
      chunks.add(new Chunk(samples.timestamp(from), samples.timestamp(to - 1), reference));
      floatCount += histogram ? 0 : to - from;
      from = to;
    }
    chunkCount += chunks.size();
    return chunks;
  }

  private long append(int encoding, BitWriter bits) throws IOException {
    if (segment == null || segment.size() + bits.byteLength() + 16 > SEGMENT_BYTES) {
      if (segment != null) {
        segment.close();
      }
      segmentNumber++;
      segment = new BigEndianFile(block.resolve("chunks").resolve("%06d".formatted(segmentNumber)));
      segment.u32(0x85BD40DD);
      segment.u8(1);
      segment.align(8);
    }
    long offset = segment.size();
    var length = new Section();
    length.uvarint(bits.byteLength());
    segment.bytes(length.array(), 0, length.size());
    var content = new byte[1 + bits.byteLength()];
    content[0] = (byte) encoding;
    System.arraycopy(bits.array(), 0, content, 1, bits.byteLength());
    segment.bytes(content, 0, content.length);
    segment.u32(Crc32c.of(content, 0, content.length));
    return (long) (segmentNumber - 1) << 32 | offset;
  }

  /// Writes the index and `meta.json`.
  ///
  /// @return the block's directory
  public Path finish() {
    try {
      if (segment != null) {
        segment.close();
      }
      spooled.close();
      writeIndex();
      Files.delete(spool);
      try (var stones = new BigEndianFile(block.resolve("tombstones"))) {
        stones.u32(0x0130BA30);
        stones.u8(1);
        stones.u32(Crc32c.of(new byte[0], 0, 0));
      }
      boolean empty = seriesCount == 0;
      new PrometheusBlockMeta(
              ulid,
              empty ? 0 : minTime,
              empty ? 0 : maxTime + 1,
              sampleCount,
              seriesCount,
              chunkCount)
          .write(block, floatCount);
      finished = true;
      return block;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// Growing list of series references.
  private static final class Postings {
    private int[] references = new int[4];
    private int size;

    void add(int reference) {
      if (size == references.length) {
        references = Arrays.copyOf(references, 2 * size);
      }
      references[size++] = reference;
    }
  }

  private void writeIndex() throws IOException {
    String[] sorted = symbols.toArray(String[]::new);
    Arrays.sort(sorted, Labels::compareText);
    int[] ranks = new int[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      ranks[symbolIds.get(sorted[i])] = i;
    }
    try (var file = new BigEndianFile(block.resolve("index"))) {
      file.u32(0xBAAAD700);
      file.u8(2);
      long symbolsOffset = file.size();
      var section = new Section();
      section.u32(sorted.length);
      for (String symbol : sorted) {
        section.text(symbol);
      }
      file.sized(section);
      file.align(16);
      long seriesOffset = file.size();
      var all = new Postings();
      var byPair = new TreeMap<Long, Postings>();
      writeSeries(file, ranks, all, byPair);
      long labelIndices = file.size();
      file.align(4);
      long postingsOffset = file.size();
      var table = new Section();
      table.u32(byPair.size() + 1L);
      writePostings(file, "", "", all, table);
      for (var e : byPair.entrySet()) {
        int name = (int) (e.getKey() >>> 32);
        int value = e.getKey().intValue();
        writePostings(file, sorted[name], sorted[value], e.getValue(), table);
      }
      long labelTable = file.size();
      section = new Section();
      section.u32(0);
      file.sized(section);
      long postingsTable = file.size();
      file.sized(table);
      section = new Section();
      for (long offset :
          new long[] {
            symbolsOffset, seriesOffset, labelIndices, labelTable, postingsOffset, postingsTable
          }) {
        section.u64(offset);
      }
      file.checked(section);
    }
  }

  private void writeSeries(
      BigEndianFile file, int[] ranks, Postings all, Map<Long, Postings> byPair)
      throws IOException {
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(spool), 1 << 16))) {
      for (long s = 0; s < seriesCount; s++) {
        file.align(16);
        int reference = Math.toIntExact(file.size() / 16);
        all.add(reference);
        var section = new Section();
        int labels = in.readInt();
        section.uvarint(labels);
        for (int i = 0; i < labels; i++) {
          long name = ranks[in.readInt()];
          long value = ranks[in.readInt()];
          section.uvarint(name);
          section.uvarint(value);
          byPair.computeIfAbsent(name << 32 | value, k -> new Postings()).add(reference);
        }
        int chunks = in.readInt();
        section.uvarint(chunks);
        long time = 0;
        long chunk = 0;
        for (int i = 0; i < chunks; i++) {
          long min = in.readLong();
          long max = in.readLong();
          long place = in.readLong();
          if (i == 0) {
            section.varint(min);
            section.uvarint(max - min);
            section.uvarint(place);
          } else {
            section.uvarint(min - time);
            section.uvarint(max - min);
            section.varint(place - chunk);
          }
          time = max;
          chunk = place;
        }
        var length = new Section();
        length.uvarint(section.size());
        file.bytes(length.array(), 0, length.size());
        file.checked(section);
      }
    }
  }

  private static void writePostings(
      BigEndianFile file, String name, String value, Postings list, Section table)
      throws IOException {
    file.align(4);
    table.uvarint(2);
    table.text(name);
    table.text(value);
    table.uvarint(file.size());
    var section = new Section();
    section.u32(list.size);
    for (int i = 0; i < list.size; i++) {
      section.u32(list.references[i]);
    }
    file.sized(section);
  }

  private FoursightException failed(IOException e) {
    return new FoursightException(
        ErrorKind.UNAVAILABLE, "cannot write block " + block + ": " + e.getMessage(), e);
  }

  /// Without [#finish], removes the directory.
  @Override
  public void close() {
    if (finished) {
      return;
    }
    finished = true;
    try {
      spooled.close();
      if (segment != null) {
        segment.close();
      }
      try (var tree = Files.walk(block)) {
        for (Path p : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(p);
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
