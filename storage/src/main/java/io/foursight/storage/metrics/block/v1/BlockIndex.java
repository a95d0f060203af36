package io.foursight.storage.metrics.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The index of one block: the table of contents in memory, everything else by page through the
/// cache. Safe from any thread.
final class BlockIndex implements AutoCloseable {
  private static final int EXTENT_BYTES = 64 << 10;
  private static final int EXTENTS = 0;
  private static final int NAMES = 1;
  private static final int SERIES = 2;
  private static final int COLUMNS = 3;
  private static final int VALUES = 16;

  private record Name(String name, int valueCount, long offset, int length) {}

  /// @param firstSeries ordinals of the first and last series inside
  record ExemplarPage(
      long offset, int length, int firstSeries, int lastSeries, long minTime, long maxTime) {}

  private final ExtentReader file;
  private final MetricsBlockCache cache;
  private final long readerId;
  private final int seriesCount;
  private final boolean labelOrderDiffers;
  private final Name[] names;
  private final int[][] schemas;
  private final long[] seriesPages;
  private final long[] columnPages;
  private final int columnCount;
  private final long metadataOffset;
  private final int metadataLength;
  private final List<ExemplarPage> exemplarPages = new ArrayList<>();

  BlockIndex(RangedReader ranged, long size, MetricsBlockCache cache, long readerId) {
    this.cache = cache;
    this.readerId = readerId;
    String name = MetricsBlockFormat.INDEX;
    file = new ExtentReader(ranged, name, size, EXTENT_BYTES, cache, readerId, EXTENTS);
    if (size < MetricsBlockFormat.HEADER_BYTES + MetricsBlockFormat.FOOTER_BYTES) {
      throw FoursightException.corrupt(name + ": only " + size + " bytes");
    }
    long tailOffset =
        Math.max(0, size - MetricsBlockFormat.FOOTER_BYTES - 1) / EXTENT_BYTES * EXTENT_BYTES;
    // The last extent may be small: take the one before with it.
    if (size - tailOffset < EXTENT_BYTES / 2 && tailOffset > 0) {
      tailOffset -= EXTENT_BYTES;
    }
    byte[] tail = file.fully(tailOffset, (int) (size - tailOffset));
    long footerOffset = size - MetricsBlockFormat.FOOTER_BYTES;
    var footer =
        MetricsBlockFormat.readFooter(tail, (int) (footerOffset - tailOffset), footerOffset);
    file.seed(tailOffset, tail);
    ByteReader toc = file.section(footer.tocOffset(), footer.tocLength());
    seriesCount = toc.varint(Integer.MAX_VALUE);
    toc.zigzag();
    toc.zigzag();
    labelOrderDiffers = toc.u8() != 0;
    names = readNames(toc);
    schemas = readSchemas(toc);
    long seriesOffset = toc.varint();
    seriesPages = readPages(toc, seriesOffset, seriesCount, MetricsBlockFormat.SERIES_PER_PAGE);
    columnCount = toc.varint(Integer.MAX_VALUE);
    long columnsOffset = toc.varint();
    columnPages = readPages(toc, columnsOffset, columnCount, MetricsBlockFormat.COLUMNS_PER_PAGE);
    metadataOffset = toc.varint();
    metadataLength = toc.varint(Integer.MAX_VALUE);
    readExemplarPages(toc);
  }

  private static Name[] readNames(ByteReader toc) {
    var names = new Name[toc.varint(toc.remaining())];
    for (int i = 0; i < names.length; i++) {
      String name = toc.text();
      int count = toc.varint(Integer.MAX_VALUE);
      names[i] = new Name(name, count, toc.varint(), toc.varint(Integer.MAX_VALUE));
    }
    return names;
  }

  private int[][] readSchemas(ByteReader toc) {
    var read = new int[toc.varint(toc.remaining())][];
    for (int i = 0; i < read.length; i++) {
      read[i] = new int[toc.varint(toc.remaining())];
      for (int j = 0; j < read[i].length; j++) {
        read[i][j] = toc.varint(names.length - 1);
      }
    }
    return read;
  }

  /// Page borders: page `i` lies at `[i] .. [i + 1]`.
  private static long[] readPages(ByteReader toc, long offset, int items, int perPage) {
    var pages = new long[(items + perPage - 1) / perPage + 1];
    pages[0] = offset;
    for (int i = 1; i < pages.length; i++) {
      pages[i] = pages[i - 1] + toc.varint(Integer.MAX_VALUE);
    }
    return pages;
  }

  private void readExemplarPages(ByteReader toc) {
    int count = toc.varint(toc.remaining());
    long offset = MetricsBlockFormat.HEADER_BYTES;
    int first = 0;
    for (int i = 0; i < count; i++) {
      int length = toc.varint(Integer.MAX_VALUE);
      first += toc.varint(seriesCount);
      int last = first + toc.varint(seriesCount);
      long minTime = toc.zigzag();
      exemplarPages.add(
          new ExemplarPage(offset, length, first, last, minTime, minTime + toc.varint()));
      offset += length;
    }
  }

  int seriesCount() {
    return seriesCount;
  }

  int columnCount() {
    return columnCount;
  }

  /// Whether label order and series order differ beyond one metric.
  boolean labelOrderDiffers() {
    return labelOrderDiffers;
  }

  int nameCount() {
    return names.length;
  }

  String name(int ordinal) {
    return names[ordinal].name;
  }

  int valueCount(int ordinal) {
    return names[ordinal].valueCount;
  }

  /// Ordinal of a label name, -1 when no series has it.
  int ordinal(String name) {
    int at =
        Arrays.binarySearch(
            names, new Name(name, 0, 0, 0), Comparator.comparing(Name::name, Labels::compareText));
    return Math.max(at, -1);
  }

  int[] schema(int id) {
    return schemas[id];
  }

  List<ExemplarPage> exemplarPages() {
    return exemplarPages;
  }

  Optional<ByteReader> metadata() {
    return metadataLength == 0
        ? Optional.empty()
        : Optional.of(file.section(metadataOffset, metadataLength));
  }

  /// Postings list outside a page.
  ByteReader postings(long offset, int length) {
    return file.section(offset, length);
  }

  LabelIndex label(int ordinal) {
    Name name = names[ordinal];
    return cache.page(
        LabelIndex.class,
        readerId,
        NAMES,
        ordinal,
        () -> new LabelIndex(file.section(name.offset, name.length), name.valueCount));
  }

  ValuePage valuePage(int ordinal, int page) {
    LabelIndex label = label(ordinal);
    return cache.page(
        ValuePage.class,
        readerId,
        VALUES + ordinal,
        page,
        () ->
            new ValuePage(
                file.section(label.pageOffset(page), label.pageLength(page)),
                label.valuesIn(page),
                file.size()));
  }

  String value(int nameOrdinal, int rank) {
    int perPage = MetricsBlockFormat.VALUES_PER_PAGE;
    if (rank < 0 || rank >= names[nameOrdinal].valueCount) {
      throw FoursightException.corrupt(
          "index: value " + rank + " of label " + names[nameOrdinal].name);
    }
    return valuePage(nameOrdinal, rank / perPage).value(rank % perPage);
  }

  SeriesPage seriesPage(int page) {
    return cache.page(
        SeriesPage.class,
        readerId,
        SERIES,
        page,
        () -> {
          int first = page * MetricsBlockFormat.SERIES_PER_PAGE;
          int count = Math.min(MetricsBlockFormat.SERIES_PER_PAGE, seriesCount - first);
          return new SeriesPage(
              file.section(seriesPages[page], seriesPages[page + 1] - seriesPages[page]),
              count,
              schemas);
        });
  }

  ColumnPage columnPage(int column) {
    int page = column / MetricsBlockFormat.COLUMNS_PER_PAGE;
    if (column < 0 || column >= columnCount) {
      throw FoursightException.corrupt("index: timestamp column " + column + " of " + columnCount);
    }
    return cache.page(
        ColumnPage.class,
        readerId,
        COLUMNS,
        page,
        () -> {
          int first = page * MetricsBlockFormat.COLUMNS_PER_PAGE;
          int count = Math.min(MetricsBlockFormat.COLUMNS_PER_PAGE, columnCount - first);
          return new ColumnPage(
              file.section(columnPages[page], columnPages[page + 1] - columnPages[page]), count);
        });
  }

  @Override
  public void close() {
    file.close();
  }

  /// Verifies every page: for a check before a merge.
  void verify() {
    for (int n = 0; n < names.length; n++) {
      for (int p = 0; p < label(n).pageCount(); p++) {
        valuePage(n, p);
      }
    }
    for (int p = 0; p < seriesPages.length - 1; p++) {
      seriesPage(p);
    }
    for (int c = 0; c < columnCount; c += MetricsBlockFormat.COLUMNS_PER_PAGE) {
      columnPage(c);
    }
  }
}
