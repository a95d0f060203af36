package io.foursight.storage.traces.block.v1;

import io.foursight.model.traces.TraceId;
import java.util.BitSet;
import java.util.List;

/// Which pieces of [GroupStats#MARK_ROWS] rows of a row group may have some traces. Stateless.
final class Pieces {
  private Pieces() {}

  static BitSet of(GroupStats group, TraceId id) {
    return of(group, List.of(id));
  }

  /// @param ids ascending
  static BitSet of(GroupStats group, List<TraceId> ids) {
    var pieces = new BitSet();
    for (TraceId id : ids) {
      if (group.isBefore(id)) {
        break;
      }
      if (group.isAfter(id)) {
        continue;
      }
      // The first piece whose end is not before the id.
      int low = 0;
      int high = group.pieces() - 1;
      long[] marks = group.marks();
      while (low < high) {
        int mid = low + high >>> 1;
        int end = 2 * mid + 2;
        if (TraceId.compare(marks[end], marks[end + 1], id.high(), id.low()) < 0) {
          low = mid + 1;
        } else {
          high = mid;
        }
      }
      for (int p = low; p < group.pieces() && group.mayHave(p, id); p++) {
        pieces.set(p);
      }
    }
    return pieces;
  }
}
