package io.foursight.storage.traces.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.storage.object.RangedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;

/// The Parquet file of a block, opened row group by row group with some columns. Safe from any
/// thread.
final class SpansReader implements AutoCloseable {
  private static final ParquetReadOptions OPTIONS =
      ParquetReadOptions.builder(new PlainParquetConfiguration())
          .withCodecFactory(new ParquetCodecs())
          .withAllocator(HeapByteBufferAllocator.getInstance())
          .usePageChecksumVerification(true)
          .build();

  private final RangedReader file;
  private final IndexHead head;
  private final SpanSchema schema;
  private final TracesBlockCache cache;
  private final long readerId;

  SpansReader(RangedReader file, IndexHead head, TracesBlockCache cache) {
    this.file = file;
    this.head = head;
    this.cache = cache;
    schema = new SpanSchema(head.columns());
    readerId = cache.newReader();
  }

  SpanSchema schema() {
    return schema;
  }

  RangedReader file() {
    return file;
  }

  private RangedInput input() {
    var input = new RangedInput(file.size());
    input.put(head.tailOffset(), head.unpackTail());
    return input;
  }

  private ParquetMetadata footer() {
    return cache.footer(
        readerId,
        id -> {
          RangedInput input = input();
          try {
            ParquetMetadata footer =
                ParquetFileReader.readFooter(input, OPTIONS, input.newStream());
            if (footer.getBlocks().size() != head.groups().size()
                || !footer.getFileMetaData().getSchema().equals(schema.message())) {
              throw FoursightException.corrupt(
                  TracesBlockFormat.SPANS + ": schema or row groups are not those of the index");
            }
            return footer;
          } catch (IOException | RuntimeException e) {
            throw failed(e, -1);
          }
        });
  }

  static FoursightException failed(Exception e, int group) {
    if (e instanceof FoursightException ours) {
      return ours;
    }
    return new FoursightException(
        ErrorKind.CORRUPT,
        TracesBlockFormat.SPANS
            + (group < 0 ? ": footer: " : ": row group " + group + ": ")
            + e.getMessage(),
        e);
  }

  /// Some columns of one row group, front to back. Close gives the memory back.
  final class Group implements AutoCloseable {
    private final int number;
    private final QueryBudget budget;
    private final PageReadStore pages;
    private final ParquetFileReader reader;
    private final Map<ColumnDescriptor, Leaf> leaves = new HashMap<>();
    private final PrimitiveIterator.OfLong rowNumbers;
    private final long bytes;
    private long next;
    private boolean closed;

    private Group(int number, BitSet pieces, Collection<ColumnDescriptor> columns, QueryBudget b)
        throws IOException {
      this.number = number;
      budget = b;
      ParquetMetadata footer = footer();
      BlockMetaData block = footer.getBlocks().get(number);
      var wanted = new LinkedHashSet<>(columns);
      RangedInput input = input();
      reader = new ParquetFileReader(input, footer, OPTIONS, input);
      reader.setRequestedSchema(new ArrayList<>(wanted));
      GroupStats stats = head.groups().get(number);
      boolean all = pieces.cardinality() == stats.pieces();
      var ranges = new ArrayList<RangedReader.Range>();
      for (ColumnChunkMetaData column : block.getColumns()) {
        if (wanted.contains(schema.column(column.getPath().toArray()))) {
          add(column, all ? null : pieces, stats.rows(), ranges);
        }
      }
      long sum = ranges.stream().mapToLong(RangedReader.Range::length).sum();
      // What is decoded page by page is about as much again.
      bytes = 3 * sum;
      budget.charge(bytes);
      input.fetch(file, ranges);
      if (all) {
        pages = reader.readRowGroup(number);
        rowNumbers = null;
      } else {
        pages =
            reader.readFilteredRowGroup(
                number,
                RowRanges.create(
                    stats.rows(), pieces.stream().iterator(), new PieceIndex(stats.pieces())));
        rowNumbers = pages.getRowIndexes().orElse(null);
      }
    }

    private void add(
        ColumnChunkMetaData column, BitSet pieces, int rows, List<RangedReader.Range> ranges)
        throws IOException {
      long start = column.getStartingPos();
      if (pieces == null) {
        ranges.add(new RangedReader.Range(start, Math.toIntExact(column.getTotalSize())));
        return;
      }
      OffsetIndex index = reader.readOffsetIndex(column);
      if (index.getOffset(0) > start) {
        ranges.add(new RangedReader.Range(start, (int) (index.getOffset(0) - start)));
      }
      for (int p = 0; p < index.getPageCount(); p++) {
        long last = index.getLastRowIndex(p, rows);
        int piece = pieces.nextSetBit((int) (index.getFirstRowIndex(p) / GroupStats.MARK_ROWS));
        if (piece >= 0 && (long) piece * GroupStats.MARK_ROWS <= last) {
          ranges.add(new RangedReader.Range(index.getOffset(p), index.getCompressedPageSize(p)));
        }
      }
    }

    /// Rows that come, those of the pieces.
    long rows() {
      return pages.getRowCount();
    }

    /// Number in the row group of the next row; called once for each.
    int nextRow() {
      return (int) (rowNumbers == null ? next++ : rowNumbers.nextLong());
    }

    int number() {
      return number;
    }

    /// Columns that are asked for twice are read once: whoever asks must read in step.
    Leaf leaf(ColumnDescriptor column) {
      return leaves.computeIfAbsent(
          column,
          c -> new Leaf(pages, schema.message(), c, footer().getFileMetaData().getCreatedBy()));
    }

    long bytes() {
      return bytes / 3;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        budget.release(bytes);
        pages.close();
        try {
          reader.close();
        } catch (IOException e) {
          throw failed(e, number);
        }
      }
    }
  }

  /// @param pieces of [GroupStats#MARK_ROWS] rows that are wanted
  Group open(int group, BitSet pieces, Collection<ColumnDescriptor> columns, QueryBudget budget) {
    try {
      return new Group(group, pieces, columns, budget);
    } catch (IOException | RuntimeException e) {
      throw failed(e, group);
    }
  }

  /// Pieces as if they were pages, to name rows by.
  private record PieceIndex(int count) implements OffsetIndex {
    @Override
    public int getPageCount() {
      return count;
    }

    @Override
    public long getOffset(int page) {
      return page;
    }

    @Override
    public int getCompressedPageSize(int page) {
      return 1;
    }

    @Override
    public long getFirstRowIndex(int page) {
      return (long) page * GroupStats.MARK_ROWS;
    }
  }

  /// Decodes every value of every column.
  void verify() {
    byte[] magic = file.read(0, 4);
    if (!new String(magic, StandardCharsets.US_ASCII).equals("PAR1")) {
      throw FoursightException.corrupt(
          TracesBlockFormat.SPANS + ": no Parquet file (bad magic) at offset 0");
    }
    for (int g = 0; g < head.groups().size(); g++) {
      for (ColumnDescriptor column : schema.message().getColumns()) {
        try (Group group = open(g, allPieces(g), List.of(column), QueryBudget.unlimited())) {
          Leaf leaf = group.leaf(column);
          for (long row = 0; row < group.rows(); row++) {
            do {
              leaf.read();
            } while (leaf.goesOn());
          }
        } catch (RuntimeException e) {
          throw failed(e, g);
        }
      }
    }
  }

  BitSet allPieces(int group) {
    var all = new BitSet();
    all.set(0, head.groups().get(group).pieces());
    return all;
  }

  @Override
  public void close() {
    cache.forget(readerId);
    file.close();
  }
}
