package io.foursight.storage.metrics.block.v1;

import io.foursight.model.Labels;
import io.foursight.storage.block.BlockFile;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Collects the series of a block and writes its index; the package comment draws the layout.
final class IndexWriter {
  static final int SAME_SCHEMA = 1;
  static final int WHOLE_COLUMN = 2;
  static final int NO_SAMPLES = 4;
  static final int SAME_COLUMN = 8;
  static final int NEXT_COLUMN = 16;
  static final int LOWER_BUCKET = 32;

  private final Map<String, LabelValues> names = new TreeMap<>(Labels::compareText);
  private final Map<List<String>, Integer> schemaIds = new HashMap<>();
  private final List<List<String>> schemas = new ArrayList<>();
  private List<String> lastNames = List.of();
  private final ByteWriter entries = new ByteWriter();
  private final PostingsCodec postings = new PostingsCodec();
  private int seriesCount;
  private int lastSchema = -1;
  private long minTime = Long.MAX_VALUE;
  private long maxTime = Long.MIN_VALUE;
  private boolean labelOrderDiffers;

  int seriesCount() {
    return seriesCount;
  }

  long minTime() {
    return minTime;
  }

  long maxTime() {
    return maxTime;
  }

  long valueCount() {
    return names.values().stream().mapToLong(LabelValues::size).sum();
  }

  /// One series; its rows lie at `place` (which is not read when `rows` is 0) and its values take
  /// `length` bytes behind those of the series before.
  void add(
      Labels labels,
      TimestampColumns.Place place,
      int rows,
      long firstTime,
      long lastTime,
      int length,
      boolean lowerBucket) {
    int series = seriesCount++;
    int schema = schema(labels);
    for (int i = 0; i < labels.size(); i++) {
      names.computeIfAbsent(labels.name(i), LabelValues::new).add(series, labels.value(i));
    }
    int flags =
        (schema == lastSchema ? SAME_SCHEMA : 0)
            | (rows == 0 ? NO_SAMPLES : place.whole() ? WHOLE_COLUMN : 0)
            | (lowerBucket ? LOWER_BUCKET : 0);
    entries.u8(flags);
    if (schema != lastSchema) {
      entries.varint(schema);
      lastSchema = schema;
    }
    if (rows > 0) {
      minTime = Math.min(minTime, firstTime);
      maxTime = Math.max(maxTime, lastTime);
      entries.varint(place.column());
      if (!place.whole()) {
        entries.varint(place.startRow());
        entries.varint(rows);
        entries.zigzag(firstTime);
        entries.varint(lastTime - firstTime);
      }
      entries.varint(length);
    }
  }

  private int schema(Labels labels) {
    boolean same = labels.size() == lastNames.size();
    for (int i = 0; same && i < labels.size(); i++) {
      same = labels.name(i).equals(lastNames.get(i));
    }
    if (same && lastSchema >= 0) {
      return lastSchema;
    }
    lastNames = List.copyOf(labels.names());
    // Only behind a leading metric name do blocks of one metric follow each other in label order.
    if (lastNames.isEmpty() || !lastNames.getFirst().equals(Labels.METRIC_NAME)) {
      labelOrderDiffers = true;
    }
    return schemaIds.computeIfAbsent(
        lastNames,
        n -> {
          schemas.add(n);
          return schemas.size() - 1;
        });
  }

  private record NamePlace(long offset, int length) {}

  /// Writes all sections and the footer.
  void write(
      BlockFile file, TimestampColumns columns, ByteWriter metadata, ByteWriter exemplarDirectory) {
    var toc = new ByteWriter(1 << 14);
    toc.varint(seriesCount);
    toc.zigzag(minTime);
    toc.zigzag(maxTime);
    toc.u8(labelOrderDiffers ? 1 : 0);
    var places = new ArrayList<NamePlace>();
    var sorted = new HashMap<String, LabelValues.Sorted>();
    for (LabelValues values : names.values()) {
      var s = values.sort();
      sorted.put(values.name(), s);
      places.add(writeName(file, s));
    }
    toc.varint(names.size());
    int at = 0;
    var ordinals = new HashMap<String, Integer>();
    for (LabelValues values : names.values()) {
      toc.text(values.name());
      toc.varint(values.size());
      toc.varint(places.get(at).offset);
      toc.varint(places.get(at).length);
      ordinals.put(values.name(), at++);
    }
    toc.varint(schemas.size());
    for (List<String> schema : schemas) {
      toc.varint(schema.size());
      schema.forEach(name -> toc.varint(ordinals.get(name)));
    }
    writeSeries(file, sorted, toc);
    writeColumns(file, columns, toc);
    toc.varint(file.size());
    toc.varint(metadata.size());
    file.append(metadata);
    toc.bytes(exemplarDirectory);
    toc.checksum(0);
    long tocOffset = file.size();
    file.append(toc);
    var footer = new ByteWriter();
    MetricsBlockFormat.writeFooter(tocOffset, toc.size(), footer);
    file.append(footer);
  }

  private NamePlace writeName(BlockFile file, LabelValues.Sorted values) {
    LabelValues.Postings lists = values.postings();
    String[] texts = values.values();
    var header = new ByteWriter();
    var pages = new ByteWriter();
    var page = new ByteWriter();
    var list = new ByteWriter();
    int perPage = MetricsBlockFormat.VALUES_PER_PAGE;
    var pageLengths = new int[(texts.length + perPage - 1) / perPage];
    for (int rank = 0; rank < texts.length; rank++) {
      if (rank % perPage == 0) {
        page.clear();
        page.varint(file.size());
      }
      writeText(rank % perPage == 0 ? "" : texts[rank - 1], texts[rank], page);
      list.clear();
      postings.encode(lists.series(), lists.starts()[rank], lists.starts()[rank + 1], list);
      boolean inline = list.size() <= MetricsBlockFormat.INLINE_POSTINGS_BYTES;
      if (!inline) {
        list.checksum(0);
      }
      page.varint((long) list.size() << 1 | (inline ? 1 : 0));
      if (inline) {
        page.bytes(list);
      } else {
        file.append(list);
      }
      if (rank % perPage == perPage - 1 || rank == texts.length - 1) {
        page.checksum(0);
        pageLengths[rank / perPage] = page.size();
        pages.bytes(page);
      }
    }
    long pagesOffset = file.size();
    file.append(pages);
    header.varint(pagesOffset);
    list.clear();
    postings.encode(lists.all(), 0, lists.all().length, list);
    header.varint(list.size());
    header.bytes(list);
    for (int p = 0; p < pageLengths.length; p++) {
      header.varint(pageLengths[p]);
      writeText(p == 0 ? "" : texts[(p - 1) * perPage], texts[p * perPage], header);
    }
    header.checksum(0);
    long offset = file.size();
    file.append(header);
    return new NamePlace(offset, header.size());
  }

  /// `| shared prefix bytes varint | rest: length varint, UTF-8 |`
  private static void writeText(String before, String text, ByteWriter out) {
    byte[] a = before.getBytes(StandardCharsets.UTF_8);
    byte[] b = text.getBytes(StandardCharsets.UTF_8);
    int shared = Arrays.mismatch(a, b);
    if (shared < 0) {
      shared = a.length;
    }
    out.varint(shared);
    out.varint(b.length - shared);
    out.bytes(b, shared, b.length - shared);
  }

  private void writeSeries(BlockFile file, Map<String, LabelValues.Sorted> sorted, ByteWriter toc) {
    var out = new SeriesPages(file);
    var in = new ByteReader(entries.array(), 0, entries.size(), "series entries", 0);
    var walks = new ArrayList<LabelValues.Sorted[]>();
    for (List<String> schema : schemas) {
      walks.add(schema.stream().map(sorted::get).toArray(LabelValues.Sorted[]::new));
    }
    int schema = -1;
    var lengths = new ByteWriter();
    long offset = file.size();
    for (int series = 0; series < seriesCount; series++) {
      int flags = in.u8();
      if ((flags & SAME_SCHEMA) == 0) {
        schema = (int) in.varint();
      }
      var walk = walks.get(schema);
      int[] ranks = new int[walk.length];
      for (int i = 0; i < ranks.length; i++) {
        ranks[i] = walk[i].nextRank();
      }
      out.add(flags & (WHOLE_COLUMN | NO_SAMPLES | LOWER_BUCKET), schema, ranks, in);
      if (out.isFull() || series == seriesCount - 1) {
        lengths.varint(out.flush());
      }
    }
    toc.varint(offset);
    toc.bytes(lengths);
  }

  /// Builds the series pages.
  private static final class SeriesPages {
    private final BlockFile file;
    private final ByteWriter page = new ByteWriter();
    private int inPage;
    private int schema = -1;
    private int[] ranks = {};
    private long column = -1;
    private long valuesOffset = MetricsBlockFormat.HEADER_BYTES;

    SeriesPages(BlockFile file) {
      this.file = file;
    }

    boolean isFull() {
      return inPage == MetricsBlockFormat.SERIES_PER_PAGE;
    }

    void add(int flags, int newSchema, int[] newRanks, ByteReader place) {
      if (inPage++ == 0) {
        page.clear();
        page.varint(valuesOffset);
        schema = -1;
        column = -1;
      }
      boolean samples = (flags & NO_SAMPLES) == 0;
      long newColumn = samples ? place.varint() : column;
      page.u8(
          flags
              | (newSchema == schema ? SAME_SCHEMA : 0)
              | (samples && newColumn == column ? SAME_COLUMN : 0)
              | (samples && newColumn == column + 1 ? NEXT_COLUMN : 0));
      writeRanks(newSchema, newRanks);
      if (!samples) {
        return;
      }
      if (newColumn != column && newColumn != column + 1) {
        page.zigzag(newColumn - column);
      }
      column = newColumn;
      if ((flags & WHOLE_COLUMN) == 0) {
        page.varint(place.varint());
        page.varint(place.varint());
        page.zigzag(place.zigzag());
        page.varint(place.varint());
      }
      long length = place.varint();
      page.varint(length);
      valuesOffset += length;
    }

    /// With a new schema all ranks; else a bit a label that changed, and the changes.
    private void writeRanks(int newSchema, int[] newRanks) {
      if (newSchema != schema) {
        page.varint(newSchema);
        for (int rank : newRanks) {
          page.varint(rank);
        }
      } else {
        for (int i = 0; i < newRanks.length; i += 8) {
          int bits = 0;
          for (int j = i; j < Math.min(i + 8, newRanks.length); j++) {
            bits |= newRanks[j] != ranks[j] ? 1 << (j - i) : 0;
          }
          page.u8(bits);
        }
        for (int i = 0; i < newRanks.length; i++) {
          if (newRanks[i] != ranks[i]) {
            page.zigzag(newRanks[i] - ranks[i]);
          }
        }
      }
      schema = newSchema;
      ranks = newRanks;
    }

    int flush() {
      page.checksum(0);
      file.append(page);
      inPage = 0;
      return page.size();
    }
  }

  private void writeColumns(BlockFile file, TimestampColumns columns, ByteWriter toc) {
    toc.varint(columns.count());
    toc.varint(file.size());
    var page = new ByteWriter();
    long offset = MetricsBlockFormat.HEADER_BYTES;
    for (int c = 0; c < columns.count(); c++) {
      if (c % MetricsBlockFormat.COLUMNS_PER_PAGE == 0) {
        page.clear();
        page.varint(offset);
      }
      page.varint(columns.rows(c));
      page.varint(columns.length(c));
      page.zigzag(columns.minTime(c));
      page.varint(columns.maxTime(c) - columns.minTime(c));
      offset += columns.length(c);
      if (c % MetricsBlockFormat.COLUMNS_PER_PAGE == MetricsBlockFormat.COLUMNS_PER_PAGE - 1
          || c == columns.count() - 1) {
        page.checksum(0);
        file.append(page);
        toc.varint(page.size());
      }
    }
  }
}
