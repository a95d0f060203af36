package io.foursight.storage.traces.block.v1;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.block.BlockMeta;
import java.nio.file.Path;
import java.util.List;

/// Writes one block as files in a local directory; `meta.json` is left to
/// [io.foursight.storage.block.BlockStore#upload]. Spans arrive in block order: ascending by trace
/// id (unsigned), those of a trace by start (signed). They are kept as they come, repetitions too
/// (see [MergingSpanStream]). Held in memory are one row group with its columns, and a few bytes a
/// trace. Owned by one thread. Errors: `BAD_DATA` for spans out of order or bytes that are no OTLP,
/// `UNAVAILABLE` when the directory cannot be written.
public final class TracesBlockWriter implements AutoCloseable {
  /// @param directory where the files go; created when absent
  /// @param blockId ULID
  public TracesBlockWriter(Path directory, String blockId) {}

  /// Adds one span, whose bytes (an OTLP `Span` message) are read before this returns.
  public void add(
      SpanOrigin origin,
      long traceHigh,
      long traceLow,
      long startNanos,
      byte[] bytes,
      int offset,
      int length) {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  /// Adds all spans that are left of a stream, which stays open.
  public void add(SpanStream spans) {
    while (spans.next()) {
      add(
          spans.origin(),
          spans.traceHigh(),
          spans.traceLow(),
          spans.startNanos(),
          spans.bytes(),
          spans.offset(),
          spans.length());
    }
  }

  public long spanCount() {
    return 0;
  }

  public long traceCount() {
    return 0;
  }

  /// Bytes of OTLP spans added so far.
  public long rawBytes() {
    return 0;
  }

  /// Bytes written so far, without the row group that is being filled.
  public long storedBytes() {
    return 0;
  }

  /// Writes what is left, syncs the files and describes the block. A block without spans has the
  /// time range 0..-1.
  public BlockMeta finish(
      int level, List<String> sources, List<String> parents, long createdMillis) {
    throw new FoursightException(ErrorKind.UNIMPLEMENTED, "soon");
  }

  /// Without [#finish], removes what was written.
  @Override
  public void close() {}
}
