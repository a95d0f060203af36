package io.foursight.model.traces;

import java.util.List;

/// One trace in pieces, each an OTLP `TracesData` message (`resource_spans = 1`) in protobuf.
/// Pieces may repeat each other's spans.
///
/// @param truncated whether the bound on bytes kept spans away
public record TracePieces(List<byte[]> pieces, boolean truncated, TracesStats scanned) {
  public static final TracePieces NONE = new TracePieces(List.of(), false, TracesStats.NONE);

  public TracePieces {
    pieces = List.copyOf(pieces);
  }

  public boolean isEmpty() {
    return pieces.isEmpty();
  }
}
