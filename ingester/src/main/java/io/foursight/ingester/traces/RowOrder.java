package io.foursight.ingester.traces;

import io.foursight.model.traces.TraceId;
import java.util.Arrays;

/// Puts traces of a segment into the order of their ids, without an object each.
final class RowOrder {
  private static final int FEW = 16;

  private RowOrder() {}

  /// @param count how many of `traces` to sort, numbers of traces
  static void byId(SegmentView view, int[] traces, int count) {
    var keys = new long[count];
    for (int i = 0; i < count; i++) {
      // The first 32 bits of the id, flipped so that signed order is that of unsigned numbers.
      keys[i] = (view.traceHighs()[traces[i]] & ~0xffffffffL ^ Long.MIN_VALUE) | traces[i];
    }
    Arrays.sort(keys);
    for (int i = 0; i < count; i++) {
      traces[i] = (int) keys[i];
    }
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && keys[to] >>> 32 == keys[from] >>> 32) {
        to++;
      }
      if (to - from > 1) {
        sortTies(view, traces, from, to);
      }
      from = to;
    }
  }

  /// Traces whose ids begin alike: few, unless somebody makes ids by counting.
  private static void sortTies(SegmentView view, int[] traces, int from, int to) {
    if (to - from > FEW) {
      Integer[] boxed = new Integer[to - from];
      for (int i = from; i < to; i++) {
        boxed[i - from] = traces[i];
      }
      Arrays.sort(boxed, (a, b) -> compare(view, a, b));
      for (int i = from; i < to; i++) {
        traces[i] = boxed[i - from];
      }
      return;
    }
    for (int i = from + 1; i < to; i++) {
      int one = traces[i];
      int at = i;
      for (; at > from && compare(view, traces[at - 1], one) > 0; at--) {
        traces[at] = traces[at - 1];
      }
      traces[at] = one;
    }
  }

  private static int compare(SegmentView view, int a, int b) {
    return TraceId.compare(
        view.traceHighs()[a], view.traceLows()[a], view.traceHighs()[b], view.traceLows()[b]);
  }

  /// The rows of some traces, trace after trace.
  ///
  /// @param rank by trace number: its place in the order, from 1; 0 = not wanted
  /// @param traces how many are wanted
  /// @param rows numbers of rows, ascending
  static int[] byTrace(SegmentView view, int[] rank, int traces, int[] rows, int count) {
    var starts = new int[traces + 1];
    for (int i = 0; i < count; i++) {
      starts[rank[view.trace(rows[i])]]++;
    }
    for (int t = 1; t <= traces; t++) {
      starts[t] += starts[t - 1];
    }
    var sorted = new int[count];
    for (int i = count - 1; i >= 0; i--) {
      sorted[--starts[rank[view.trace(rows[i])]]] = rows[i];
    }
    return sorted;
  }
}
