package io.foursight.storage.traces.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Answers selects from one block by ranged reads: the head of the index once, when opened; then of
/// the Parquet file only the columns and pages that a step needs. Safe from any thread; cursors
/// belong to one thread. The methods are those of [io.foursight.model.traces.TracesSource] for this
/// block alone; the tenant of a select and the blocks that it leaves out are the caller's to look
/// after. Errors: `CORRUPT` with file and offset, `UNIMPLEMENTED` for a block of an older or newer
/// version, what the ranged readers throw, and what the budget throws.
public final class TracesBlockReader implements AutoCloseable {
  private final BlockMeta meta;
  private final RangedReader index;
  private final IndexHead head;
  private final SpansReader spans;

  private TracesBlockReader(
      BlockMeta meta, Function<String, RangedReader> files, TracesBlockCache cache) {
    this.meta = meta;
    index = files.apply(TracesBlockFormat.INDEX);
    head = readHead();
    spans = new SpansReader(files.apply(TracesBlockFormat.SPANS), head, cache);
  }

  /// Reads the head of the index in one request.
  ///
  /// @param files opens a file of the block by its name
  public static TracesBlockReader open(BlockMeta meta, Function<String, RangedReader> files) {
    return open(meta, files, new TracesBlockCache(TracesBlockCache.DEFAULT_BYTES));
  }

  /// @param cache decoded footers, shared with other readers
  public static TracesBlockReader open(
      BlockMeta meta, Function<String, RangedReader> files, TracesBlockCache cache) {
    if (!meta.format().equals(TracesBlockFormat.NAME)) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED,
          "block "
              + meta.id()
              + " has format "
              + meta.format()
              + ", not "
              + TracesBlockFormat.NAME);
    }
    return new TracesBlockReader(meta, files, cache);
  }

  private IndexHead readHead() {
    long size = index.size();
    long told = meta.stats().getOrDefault(TracesBlockFormat.HEAD_BYTES, size);
    int length = (int) Math.min(size, Math.max(told, TracesBlockFormat.FOOTER_BYTES));
    byte[] tail = index.read(size - length, length);
    TracesBlockFormat.Footer footer = TracesBlockFormat.readFooter(tail, size - length);
    int end = length - TracesBlockFormat.FOOTER_BYTES;
    if (footer.headLength() > end) {
      // The block's description told too little.
      tail = index.read(footer.headOffset(), (int) (size - footer.headOffset()));
      end = footer.headLength();
    }
    int start = end - footer.headLength();
    return IndexHead.unpack(tail, start, end, footer.headOffset());
  }

  public BlockMeta meta() {
    return meta;
  }

  public TracesCursor select(TracesSelect select) {
    if (select.startNanos() >= select.endNanos() && select.ids().isEmpty()
        || head.groups().isEmpty()) {
      return TracesCursor.empty();
    }
    return new SelectCursor(this, select);
  }

  public TraceCandidates candidates(TracesSelect select, int limit) {
    if (select.startNanos() >= select.endNanos() || head.groups().isEmpty()) {
      return TraceCandidates.NONE;
    }
    return new CandidateScan(this, select).run(limit);
  }

  /// All spans of one trace; no range is looked at.
  ///
  /// @param maxBytes stop beyond this many bytes; 0 = no bound
  public TracePieces trace(TraceId id, long maxBytes, QueryBudget budget) {
    if (head.groups().isEmpty() || !mayHave(id)) {
      return TracePieces.NONE;
    }
    try (var stream = new ScanStream(spans, head, Optional.of(id), budget)) {
      var assembly = new TraceAssembly(budget);
      try {
        boolean truncated = false;
        while (!truncated && stream.next()) {
          assembly.add(stream);
          truncated = maxBytes > 0 && assembly.bytes() > maxBytes;
        }
        var stats =
            new TracesStats(
                stream.scannedBytes(),
                stream.scannedSpans(),
                assembly.isEmpty() ? 0 : 1,
                1,
                meta.sizeBytes());
        return assembly.isEmpty()
            ? new TracePieces(List.of(), false, stats)
            : new TracePieces(List.of(assembly.build()), truncated && stream.next(), stats);
      } finally {
        assembly.close();
      }
    }
  }

  /// Whether the block may have the trace: wrong once in some hundred times. Costs a small read of
  /// the index, which page caches keep.
  public boolean mayHave(TraceId id) {
    List<GroupStats> groups = head.groups();
    if (groups.isEmpty() || groups.getFirst().isAfter(id) || groups.getLast().isBefore(id)) {
      return false;
    }
    BitMatrix filter = head.traces();
    if (filter.blocks() == 0) {
      return true;
    }
    long token = Tokens.mix(id.high(), 0, id.low());
    RangedReader.Range page = filter.page(token);
    byte[] bytes = index.read(page.offset(), page.length());
    return !filter.mayHave(token, bytes, page.offset()).isEmpty();
  }

  public List<TracesTags> tagNames(TracesSelect select) {
    return new BlockTags(this, select).names();
  }

  /// @param limit 0 = no bound
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return new BlockTags(this, select).values(field, limit);
  }

  /// All spans in block order, for merges.
  public SpanStream scan() {
    return new ScanStream(spans, head, Optional.empty(), QueryBudget.unlimited());
  }

  public long traceCount() {
    return meta.stats().getOrDefault("traces", 0L);
  }

  IndexHead head() {
    return head;
  }

  RangedReader index() {
    return index;
  }

  SpansReader spans() {
    return spans;
  }

  /// Reads and decodes everything, and so compares every checksum.
  ///
  /// @throws FoursightException `CORRUPT` at the first damage
  public void verify() {
    byte[] header = index.read(0, TracesBlockFormat.HEADER_BYTES);
    TracesBlockFormat.checkHeader(
        new ByteReader(header, 0, header.length, TracesBlockFormat.INDEX, 0));
    for (BitMatrix filter : List.of(head.tokens(), head.traces())) {
      filter.verify(index);
    }
    byte[] tail = head.unpackTail();
    byte[] stored =
        head.tailOffset() + tail.length == spans.file().size()
            ? spans.file().read(head.tailOffset(), tail.length)
            : new byte[0];
    if (!Arrays.equals(stored, tail)) {
      throw FoursightException.corrupt(
          TracesBlockFormat.SPANS
              + ": the footer from offset "
              + head.tailOffset()
              + " on is not the one that the index has");
    }
    spans.verify();
  }

  @Override
  public void close() {
    index.close();
    spans.close();
  }
}
