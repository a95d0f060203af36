package io.foursight.querier.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.traces.TraceAssembler;
import java.util.List;

/// One trace of the answers of several Sources, each span once.
final class JoinedTrace {
  /// Bytes that a byte of a piece takes while pieces are joined, about.
  private static final int MEMORY_PER_BYTE = 3;

  private JoinedTrace() {}

  /// @param maxBytes beyond it the rest is left out; 0 = no bound
  static TracePieces of(List<TracePieces> answers, long maxBytes, QueryBudget budget) {
    var assembler = new TraceAssembler();
    var scanned = TracesStats.NONE;
    boolean truncated = false;
    boolean some = false;
    long charged = 0;
    try {
      for (TracePieces answer : answers) {
        scanned = scanned.plus(answer.scanned());
        truncated |= answer.truncated();
        for (byte[] piece : answer.pieces()) {
          budget.check();
          long memory = (long) MEMORY_PER_BYTE * piece.length;
          budget.charge(memory);
          charged += memory;
          if (maxBytes > 0 && assembler.bytes() > maxBytes) {
            truncated = true;
          } else {
            assembler.add(piece);
            some = true;
          }
        }
      }
      truncated |= maxBytes > 0 && assembler.bytes() > maxBytes;
      return some
          ? new TracePieces(List.of(assembler.tracesData()), truncated, scanned)
          : new TracePieces(List.of(), truncated, scanned);
    } finally {
      budget.release(charged);
    }
  }
}
