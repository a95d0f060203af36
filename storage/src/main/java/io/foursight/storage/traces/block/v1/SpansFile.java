package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.TraceId;
import io.foursight.storage.encoding.ByteWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/// The Parquet file of a block being written, row group by row group, and what the index will say
/// about it. Owned by one thread.
final class SpansFile {
  private static final int PAGE_BYTES = 1 << 20;
  private static final int DICTIONARY_BYTES = 2 << 20;
  private static final int TRUNCATE_BYTES = 32;
  private static final int MAX_ORIGINS = 1 << 16;

  /// What remains when all is written.
  ///
  /// @param tail the end of the file, from `tailOffset`
  record Written(
      List<GroupStats> groups,
      List<long[]> tokens,
      List<long[]> traces,
      TagCollector tags,
      long tailOffset,
      byte[] tail) {}

  private final Path path;
  private final List<AttributeColumn> columns;
  private final Bounds bounds;
  private final SpanSchema schema;
  private final ParquetProperties properties;
  private final BytesInputCompressor compressor =
      new ParquetCodecs().getCompressor(CompressionCodecName.ZSTD);
  private final ParquetOutput output;
  private final ParquetFileWriter file;

  private final Map<SpanOrigin, OriginValues> origins = new IdentityHashMap<>();
  private final Map<SpanOrigin, OriginValues> distinctOrigins = new HashMap<>();
  private final TagCollector tags = new TagCollector();
  private final BitSet alsoListed = new BitSet();
  private final GroupTokens tokens = new GroupTokens(tags);
  private final List<GroupStats> groups = new ArrayList<>();
  private final List<long[]> filters = new ArrayList<>();
  private final ByteWriter traceHashes = new ByteWriter(1 << 12);

  private ColumnChunkPageWriteStore pages;
  private ColumnWriteStore store;
  private SpanRowWriter row;
  private GroupStats.Builder stats;
  private long groupBytes;
  private long lastHigh;
  private long lastLow;
  private long traceCount;

  /// How large row groups and pages become; see [TracesBlockFormat].
  record Bounds(int groupRows, int groupBytes, int pageRows) {
    static final Bounds OF_FORMAT =
        new Bounds(
            TracesBlockFormat.GROUP_ROWS,
            TracesBlockFormat.GROUP_BYTES,
            TracesBlockFormat.PAGE_ROWS);
  }

  SpansFile(Path directory, List<AttributeColumn> columns, Bounds bounds) {
    this.columns = columns;
    this.bounds = bounds;
    path = directory.resolve(TracesBlockFormat.SPANS);
    schema = new SpanSchema(columns);
    properties = properties(bounds.pageRows());
    output = new ParquetOutput(path);
    try {
      file =
          new ParquetFileWriter(
              output,
              schema.message(),
              ParquetFileWriter.Mode.OVERWRITE,
              Long.MAX_VALUE,
              0,
              null,
              properties);
      file.start();
    } catch (IOException e) {
      throw ParquetOutput.failed(path, e);
    }
  }

  private static ParquetProperties properties(int pageRows) {
    return ParquetProperties.builder()
        .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0)
        .withAllocator(HeapByteBufferAllocator.getInstance())
        .withPageSize(PAGE_BYTES)
        .withPageRowCountLimit(pageRows)
        .withDictionaryPageSize(DICTIONARY_BYTES)
        .withDictionaryEncoding(true)
        .withDictionaryEncoding(SpanSchema.TRACE_ID, false)
        .withDictionaryEncoding(SpanSchema.SPAN_ID, false)
        .withDictionaryEncoding(SpanSchema.PARENT_ID, false)
        .withDictionaryEncoding(SpanSchema.START, false)
        .withDictionaryEncoding(SpanSchema.DURATION, false)
        .withDictionaryEncoding(SpanSchema.OTLP, false)
        .withColumnIndexTruncateLength(TRUNCATE_BYTES)
        .withStatisticsTruncateLength(TRUNCATE_BYTES)
        .withSizeStatisticsEnabled(false)
        .withPageWriteChecksumEnabled(true)
        .build();
  }

  /// As far as the spans written so far tell.
  List<AttributeColumn> columns() {
    var all = new ArrayList<AttributeColumn>();
    for (AttributeColumn column : columns) {
      all.add(column.withListed(alsoListed.get(all.size())));
    }
    return all;
  }

  long traceCount() {
    return traceCount;
  }

  long storedBytes() {
    return output.getPos();
  }

  void add(SpanOrigin origin, long high, long low, byte[] bytes, int offset, int length) {
    boolean newTrace = traceCount == 0 || TraceId.compare(high, low, lastHigh, lastLow) != 0;
    if (stats != null && isFull(newTrace ? 1 : 4)) {
      cut();
    }
    if (stats == null) {
      begin();
    }
    if (newTrace) {
      traceHashes.u64(Tokens.mix(high, 0, low));
      traceCount++;
      lastHigh = high;
      lastLow = low;
    }
    OriginValues values = values(origin);
    if (values.group != groups.size()) {
      values.group = groups.size();
      values.tokens(tokens);
    }
    row.add(values, high, low, bytes, offset, length);
    store.endRecord();
    stats.add(high, low, row);
    groupBytes += length;
  }

  private boolean isFull(int times) {
    return stats.rows() >= times * bounds.groupRows()
        || groupBytes >= (long) times * bounds.groupBytes();
  }

  private OriginValues values(SpanOrigin origin) {
    OriginValues values = origins.get(origin);
    if (values == null) {
      if (origins.size() >= MAX_ORIGINS) {
        origins.clear();
        distinctOrigins.clear();
      }
      values = distinctOrigins.computeIfAbsent(origin, OriginValues::new);
      origins.put(origin, values);
    }
    return values;
  }

  private void begin() {
    pages =
        new ColumnChunkPageWriteStore(
            compressor, schema.message(), properties.getAllocator(), TRUNCATE_BYTES, true);
    store = properties.newColumnWriteStore(schema.message(), pages);
    row = new SpanRowWriter(schema, columns, tokens, alsoListed, store::getColumnWriter);
    stats = new GroupStats.Builder();
    groupBytes = 0;
  }

  private void cut() {
    try {
      file.startBlock(stats.rows());
      store.flush();
      pages.flushToFileWriter(file);
      file.endBlock();
    } catch (IOException e) {
      throw ParquetOutput.failed(path, e);
    }
    store.close();
    pages.close();
    groups.add(stats.build());
    filters.add(BitMatrix.filter(tokens.tokens, BitMatrix.blocksFor(tokens.tokens.size())));
    tokens.tokens.clear();
    stats = null;
  }

  Written finish() {
    if (stats != null) {
      cut();
    }
    try {
      long indexes = file.getPos();
      file.end(metadata());
      file.close();
      long tailOffset = Math.min(indexes, firstIndex(file.getFooter().getBlocks()));
      byte[] tail = readTail(tailOffset);
      compressor.release();
      return new Written(groups, filters, List.of(traceFilter()), tags, tailOffset, tail);
    } catch (IOException e) {
      throw ParquetOutput.failed(path, e);
    }
  }

  private static long firstIndex(List<BlockMetaData> blocks) {
    long first = Long.MAX_VALUE;
    for (BlockMetaData block : blocks) {
      for (ColumnChunkMetaData column : block.getColumns()) {
        if (column.getColumnIndexReference() != null) {
          first = Math.min(first, column.getColumnIndexReference().getOffset());
        }
        if (column.getOffsetIndexReference() != null) {
          first = Math.min(first, column.getOffsetIndexReference().getOffset());
        }
      }
    }
    return first;
  }

  private byte[] readTail(long from) throws IOException {
    try (var in = new RandomAccessFile(path.toFile(), "r")) {
      var tail = new byte[Math.toIntExact(in.length() - from)];
      in.seek(from);
      in.readFully(tail);
      return tail;
    }
  }

  private long[] traceFilter() {
    int blocks = BitMatrix.blocksFor(traceCount, 1 << 24);
    var bits = new long[blocks * 8];
    var in =
        new io.foursight.storage.encoding.ByteReader(
            traceHashes.array(), 0, traceHashes.size(), TracesBlockFormat.INDEX, 0);
    while (in.remaining() > 0) {
      BitMatrix.add(bits, in.u64(), blocks);
    }
    return bits;
  }

  /// Tells people and other programs what the file is.
  private Map<String, String> metadata() {
    return Map.of(
        "foursight.format",
        TracesBlockFormat.NAME,
        "foursight.attribute_columns",
        columns.stream().map(c -> c.name() + "=" + c.key()).collect(Collectors.joining("\n")));
  }

  void abandon() {
    compressor.release();
    output.abandon();
  }
}
