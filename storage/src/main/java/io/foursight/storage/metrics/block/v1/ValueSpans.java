package io.foursight.storage.metrics.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Bytes of the file `values` for a known set of series: neighbouring ranges are read together, and
/// the latest spans are held up to a bound, charged to the query's budget. Owned by one thread.
final class ValueSpans {
  private static final int MAX_GAP = 32 << 10;
  private static final int MAX_SPAN = 2 << 20;
  private static final long MAX_HELD = 32L << 20;

  private final ExtentReader file;
  private final QueryBudget budget;
  private final LinkedHashMap<Integer, byte[]> held = new LinkedHashMap<>(16, 0.75f, true);
  private long heldBytes;
  private long[] starts = {};
  private long[] ends = {};

  ValueSpans(ExtentReader file, QueryBudget budget) {
    this.file = file;
    this.budget = budget;
  }

  /// Replaces the plan.
  ///
  /// @param entries ascending by offset
  void plan(List<SeriesEntry> entries) {
    release();
    var from = new ArrayList<Long>();
    var to = new ArrayList<Long>();
    for (SeriesEntry e : entries) {
      if (e.length() == 0) {
        continue;
      }
      long end = e.offset() + e.length();
      int last = to.size() - 1;
      if (last >= 0
          && e.offset() - to.get(last) <= MAX_GAP
          && end - from.get(last) <= Math.max(MAX_SPAN, to.get(last) - from.get(last))) {
        to.set(last, Math.max(end, to.get(last)));
      } else {
        from.add(e.offset());
        to.add(end);
      }
    }
    starts = from.stream().mapToLong(Long::longValue).toArray();
    ends = to.stream().mapToLong(Long::longValue).toArray();
  }

  /// The checked bytes of a planned series.
  ByteReader bytes(SeriesEntry entry) {
    int span = Arrays.binarySearch(starts, entry.offset());
    span = span < 0 ? -span - 2 : span;
    if (span < 0 || entry.offset() + entry.length() > ends[span]) {
      throw FoursightException.corrupt(
          file.name() + ": no bytes for series " + entry.series() + " at offset " + entry.offset());
    }
    byte[] bytes = held.get(span);
    if (bytes == null) {
      bytes = load(span);
    }
    int at = (int) (entry.offset() - starts[span]);
    return ByteReader.checked(bytes, at, at + entry.length(), file.name(), entry.offset());
  }

  /// Reads a span, and with the first one all others that can be held beside it.
  private byte[] load(int span) {
    var ranges = new ArrayList<RangedReader.Range>();
    if (held.isEmpty() && total() <= MAX_HELD) {
      for (int i = 0; i < starts.length; i++) {
        ranges.add(range(i));
      }
    } else {
      ranges.add(range(span));
    }
    long length = ranges.stream().mapToLong(RangedReader.Range::length).sum();
    while (!held.isEmpty() && heldBytes + length > MAX_HELD) {
      Map.Entry<Integer, byte[]> oldest = held.pollFirstEntry();
      heldBytes -= oldest.getValue().length;
      budget.release(oldest.getValue().length);
    }
    budget.charge(length);
    try {
      List<byte[]> pieces = file.fully(ranges);
      for (int i = 0; i < pieces.size(); i++) {
        held.put(ranges.size() == 1 ? span : i, pieces.get(i));
      }
    } catch (RuntimeException e) {
      budget.release(length);
      throw e;
    }
    heldBytes += length;
    return held.get(span);
  }

  private long total() {
    long total = 0;
    for (int i = 0; i < starts.length; i++) {
      total += ends[i] - starts[i];
    }
    return total;
  }

  private RangedReader.Range range(int span) {
    if (ends[span] > file.size()) {
      throw FoursightException.corrupt(
          file.name() + ": truncated: bytes up to " + ends[span] + " wanted of " + file.size());
    }
    return new RangedReader.Range(starts[span], (int) (ends[span] - starts[span]));
  }

  void release() {
    budget.release(heldBytes);
    held.clear();
    heldBytes = 0;
  }
}
