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
import io.foursight.model.traces.TracesTags;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.object.RangedReader;
import java.util.List;
import java.util.function.Function;

/// Answers selects from one block by ranged reads: the head of the index once, when opened; then of
/// the Parquet file only the columns and pages that a step needs. Safe from any thread; cursors
/// belong to one thread. The methods are those of [io.foursight.model.traces.TracesSource] for this
/// block alone; the tenant of a select and the blocks that it leaves out are the caller's to look
/// after. Errors: `CORRUPT` with file and offset, `UNIMPLEMENTED` for a block of an older or newer
/// version, what the ranged readers throw, and what the budget throws.
public final class TracesBlockReader implements AutoCloseable {
  private final BlockMeta meta;

  private TracesBlockReader(BlockMeta meta) {
    this.meta = meta;
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
    return new TracesBlockReader(meta);
  }

  public BlockMeta meta() {
    return meta;
  }

  public TracesCursor select(TracesSelect select) {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  public TraceCandidates candidates(TracesSelect select, int limit) {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  /// All spans of one trace; the range is not looked at.
  public TracePieces trace(TraceId id, long maxBytes, QueryBudget budget) {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  /// Whether the block may have the trace, from memory alone: wrong once in some hundred times.
  public boolean mayHave(TraceId id) {
    return true;
  }

  public List<TracesTags> tagNames(TracesSelect select) {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  /// All spans in block order, for merges.
  public SpanStream scan() {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  public long traceCount() {
    return meta.stats().getOrDefault("traces", 0L);
  }

  /// Reads and decodes everything, and so compares every checksum.
  ///
  /// @throws FoursightException `CORRUPT` at the first damage
  public void verify() {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  @Override
  public void close() {}
}
