package io.foursight.storage.traces.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.traces.TraceId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.encoding.ByteWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes one block as files in a local directory; `meta.json` is left to
/// [io.foursight.storage.block.BlockStore#upload]. Spans arrive in block order: ascending by trace
/// id (unsigned), those of a trace by start (signed). They are kept as they come, repetitions too
/// (see [MergingSpanStream]). Held in memory are one row group with its columns, and a few bytes a
/// trace. Owned by one thread. Errors: `BAD_DATA` for spans out of order or bytes that are no OTLP,
/// `UNAVAILABLE` when the directory cannot be written.
public final class TracesBlockWriter implements AutoCloseable {
  private static final int SAMPLE_SPANS = 1 << 14;
  private static final int SAMPLE_BYTES = 8 << 20;

  private final Path directory;
  private final String blockId;
  private final SpansFile.Bounds bounds;
  private final SampledSpans sample = new SampledSpans();
  private final ColumnChooser chooser = new ColumnChooser();
  private SpansFile spans;
  private boolean finished;

  private long lastHigh;
  private long lastLow;
  private long lastStart;
  private long spanCount;
  private long rawBytes;

  /// @param directory where the files go; created when absent
  /// @param blockId ULID
  public TracesBlockWriter(Path directory, String blockId) {
    this(directory, blockId, SpansFile.Bounds.OF_FORMAT);
  }

  TracesBlockWriter(Path directory, String blockId, SpansFile.Bounds bounds) {
    this.directory = directory;
    this.blockId = blockId;
    this.bounds = bounds;
  }

  /// Adds one span, whose bytes (an OTLP `Span` message) are read before this returns.
  public void add(
      SpanOrigin origin,
      long traceHigh,
      long traceLow,
      long startNanos,
      byte[] bytes,
      int offset,
      int length) {
    if (spanCount > 0) {
      int order = TraceId.compare(traceHigh, traceLow, lastHigh, lastLow);
      if (order < 0 || order == 0 && startNanos < lastStart) {
        throw FoursightException.badData(
            "block %s: span of trace %s at %d follows one of trace %s at %d, out of order"
                .formatted(
                    blockId,
                    new TraceId(traceHigh, traceLow),
                    startNanos,
                    new TraceId(lastHigh, lastLow),
                    lastStart));
      }
    }
    lastHigh = traceHigh;
    lastLow = traceLow;
    lastStart = startNanos;
    spanCount++;
    rawBytes += length;
    if (spans != null) {
      spans.add(origin, traceHigh, traceLow, bytes, offset, length);
      return;
    }
    chooser.look(bytes, offset, length);
    sample.add(origin, traceHigh, traceLow, bytes, offset, length);
    if (sample.spans() == SAMPLE_SPANS || sample.bytes() >= SAMPLE_BYTES) {
      open();
    }
  }

  private void open() {
    spans = new SpansFile(directory, chooser.columns(), bounds);
    sample.drainTo(spans);
  }

  /// Adds all spans that are left of a stream, which stays open.
  public void add(SpanStream stream) {
    while (stream.next()) {
      add(
          stream.origin(),
          stream.traceHigh(),
          stream.traceLow(),
          stream.startNanos(),
          stream.bytes(),
          stream.offset(),
          stream.length());
    }
  }

  public long spanCount() {
    return spanCount;
  }

  /// Traces written so far, without the spans that are held back.
  public long traceCount() {
    return spans == null ? 0 : spans.traceCount();
  }

  /// Bytes of OTLP spans added so far.
  public long rawBytes() {
    return rawBytes;
  }

  /// Bytes written so far, without the row group that is being filled.
  public long storedBytes() {
    return spans == null ? 0 : spans.storedBytes();
  }

  /// Writes what is left, syncs the files and describes the block. A block without spans has the
  /// time range 0..-1.
  public BlockMeta finish(
      int level, List<String> sources, List<String> parents, long createdMillis) {
    if (spans == null) {
      open();
    }
    SpansFile.Written written = spans.finish();
    var index = new ByteWriter(64 << 10);
    TracesBlockFormat.writeHeader(index);
    BitMatrix tokens = BitMatrix.write(written.tokens(), index.size(), index);
    BitMatrix traces = BitMatrix.write(written.traces(), index.size(), index);
    int headOffset = index.size();
    index.bytes(
        IndexHead.pack(
            spans.columns(),
            written.groups(),
            tokens,
            traces,
            written.tags(),
            written.tailOffset(),
            written.tail()));
    int headLength = index.size() - headOffset;
    TracesBlockFormat.writeFooter(new TracesBlockFormat.Footer(headOffset, headLength), index);
    Path file = directory.resolve(TracesBlockFormat.INDEX);
    try (var out = new ParquetOutput(file)) {
      out.write(index.array(), 0, index.size());
    } catch (IOException e) {
      throw ParquetOutput.failed(file, e);
    }
    finished = true;
    long minStart = Long.MAX_VALUE;
    long maxEnd = Long.MIN_VALUE;
    for (GroupStats group : written.groups()) {
      minStart = Math.min(minStart, group.minStart());
      maxEnd = Math.max(maxEnd, group.maxEnd());
    }
    Map<String, Long> stats = new LinkedHashMap<>();
    stats.put("spans", spanCount);
    stats.put("traces", spans.traceCount());
    stats.put("raw_bytes", rawBytes);
    stats.put("row_groups", (long) written.groups().size());
    stats.put(TracesBlockFormat.HEAD_BYTES, (long) headLength + TracesBlockFormat.FOOTER_BYTES);
    return new BlockMeta(
        BlockMeta.VERSION,
        blockId,
        TracesBlockFormat.NAME,
        spanCount == 0 ? 0 : Math.floorDiv(minStart, 1_000_000L),
        spanCount == 0 ? -1 : Math.floorDiv(maxEnd, 1_000_000L),
        level,
        sources,
        parents,
        List.of(file(TracesBlockFormat.INDEX), file(TracesBlockFormat.SPANS)),
        stats,
        createdMillis);
  }

  private BlockMeta.File file(String name) {
    try {
      return new BlockMeta.File(name, Files.size(directory.resolve(name)));
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE, "cannot read size of " + directory.resolve(name), e);
    }
  }

  /// Without [#finish], removes what was written.
  @Override
  public void close() {
    if (!finished && spans != null) {
      finished = true;
      spans.abandon();
    }
  }
}
