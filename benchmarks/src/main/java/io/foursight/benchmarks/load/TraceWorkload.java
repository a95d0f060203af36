package io.foursight.benchmarks.load;

import io.foursight.benchmarks.storage.TraceGenerator;
import io.foursight.benchmarks.storage.TraceGenerator.Generated;
import java.util.ArrayList;
import java.util.List;

/// The traces of a load: lanes with a [TraceGenerator] each, whose traces begin at even distances
/// over the range. The same seed, spans, start and minutes give the same traces, whoever sends
/// them. Immutable.
record TraceWorkload(long seed, long spans, long startNanos, int minutes) {
  static final int LANES = 16;

  /// About as many as [TraceGenerator] makes.
  private static final int SPANS_A_TRACE = 24;

  /// One lane, trace after trace. Owned by one thread.
  final class Lane {
    private final TraceGenerator generator;
    private final long spacing;
    private long time;
    private long left = spans / LANES;

    private Lane(int number) {
      generator = new TraceGenerator(seed * 1000 + number);
      spacing = Math.max(1, rangeNanos() / Math.max(1, left / SPANS_A_TRACE));
      time = startNanos + number * spacing / LANES;
    }

    TraceGenerator generator() {
      return generator;
    }

    /// The next trace; none when the lane is done.
    List<Generated> next() {
      if (left <= 0) {
        return List.of();
      }
      List<Generated> trace = generator.trace(time);
      // Traces that are smaller than usual do not lead beyond the range.
      time = Math.min(time + spacing, startNanos + rangeNanos());
      left -= trace.size();
      return trace;
    }
  }

  List<Lane> lanes() {
    var lanes = new ArrayList<Lane>();
    for (int i = 0; i < LANES; i++) {
      lanes.add(new Lane(i));
    }
    return lanes;
  }

  private long rangeNanos() {
    return minutes * 60_000_000_000L;
  }

  /// Beyond the last span's start.
  long endNanos() {
    return startNanos + rangeNanos() + 60_000_000_000L;
  }
}
