package io.foursight.ingester.traces;

import io.foursight.ingester.HeadPiece;
import io.foursight.model.SeriesHash;
import io.foursight.model.traces.TracesBatch;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.agrona.collections.Long2LongHashMap;

/// Spans of one tenant that will be one block. Rows go in under the monitor; a writer holds the
/// read side of `sealing` from there until its record is on the way to the log, so that [#seal],
/// which takes the write side, leaves no record behind. Readers take [#view] and need no lock
/// afterwards. Safe from any thread.
final class TracesSegment extends HeadPiece {
  private static final int MAX_ROWS = 1 << 30;

  private final SeriesHash hash;
  private final long targetBytes;
  private final AtomicLong headBytes;
  private final ReentrantReadWriteLock sealing = new ReentrantReadWriteLock();
  private final SegmentBytes bytes = new SegmentBytes();
  private final Messages resources;
  private final Messages scopes;
  private final TraceTable traces = new TraceTable();
  private final SpanRows rows = new SpanRows();

  /// Resource in the high half, scope in the low -> group.
  private final Long2LongHashMap groupNumbers = new Long2LongHashMap(-1);

  private int[] groupResources = new int[16];
  private int[] groupScopes = new int[16];
  private int groupCount;
  private int[] batchGroups = new int[16];
  private final long[] high = new long[1];
  private final long[] low = new long[1];
  private volatile boolean sealed;
  private volatile long rawBytes;
  private volatile int spanCount;
  private volatile long allocatedBytes;
  private boolean released;

  /// What became of a batch's spans.
  static final class Outcome {
    int added;
    int repeated;

    /// Spans of traces that are too large.
    final BitSet tooLarge = new BitSet();

    /// Spans of traces that are too many.
    final BitSet tooMany = new BitSet();

    void clear() {
      added = 0;
      repeated = 0;
      tooLarge.clear();
      tooMany.clear();
    }
  }

  /// @param targetBytes of spans at which it is full
  /// @param headBytes sum over all segments of the process
  TracesSegment(
      String blockId,
      long bucket,
      SeriesHash hash,
      long firstSegment,
      long createdMillis,
      long targetBytes,
      AtomicLong headBytes) {
    super(blockId, bucket, firstSegment, createdMillis);
    this.hash = hash;
    this.targetBytes = targetBytes;
    this.headBytes = headBytes;
    this.resources = new Messages(hash, bytes);
    this.scopes = new Messages(hash, bytes);
  }

  // ---- writing ----

  /// Writes spans and runs `log` before the segment can be sealed.
  ///
  /// @param left spans of the batch that are not for this segment
  /// @return false when the segment is sealed: nothing has happened
  boolean append(
      TracesBatch batch,
      BitSet left,
      TracesLimits limits,
      long nowMillis,
      Outcome outcome,
      Runnable log) {
    sealing.readLock().lock();
    try {
      if (sealed) {
        return false;
      }
      add(batch, left, limits, outcome);
      appended(nowMillis);
      log.run();
      return true;
    } finally {
      sealing.readLock().unlock();
    }
  }

  /// Writes spans without regard to the log: replay.
  synchronized void add(TracesBatch batch, BitSet left, TracesLimits limits, Outcome outcome) {
    int n = batch.spanCount();
    if (batchGroups.length < batch.scopeCount()) {
      batchGroups = new int[batch.scopeCount()];
    }
    Arrays.fill(batchGroups, 0, batch.scopeCount(), -1);
    long maxBytes = limits.maxBytesPerTrace().bytes();
    int maxTraces = limits.maxTracesPerUser();
    long raw = 0;
    for (int i = left.nextClearBit(0); i < n; i = left.nextClearBit(i + 1)) {
      int length = batch.spanLength(i);
      int trace = traces.find(batch.traceHigh(i), batch.traceLow(i));
      if (trace < 0 && maxTraces > 0 && traces.count() >= maxTraces) {
        outcome.tooMany.set(i);
        continue;
      }
      int scope = batch.scopeOf(i);
      int group = batchGroups[scope];
      if (group < 0) {
        group = group(batch, scope);
        batchGroups[scope] = group;
      }
      int offset = batch.spanOffset(i);
      hash.hash(batch.body(), offset, length, high, low, 0);
      int key = (int) low[0] ^ group;
      if (trace >= 0 && isThere(batch, i, trace, group, key)) {
        outcome.repeated++;
        continue;
      }
      if (maxBytes > 0 && (trace < 0 ? 0 : traces.bytes(trace)) + length > maxBytes
          || rows.rows() >= MAX_ROWS) {
        outcome.tooLarge.set(i);
        continue;
      }
      if (trace < 0) {
        trace = traces.add(batch.traceHigh(i), batch.traceLow(i));
      }
      int row =
          rows.add(
              trace,
              traces.lastRow(trace),
              batch.spanId(i),
              batch.startNanos(i),
              batch.endNanos(i),
              group,
              bytes.add(batch.body(), offset, length),
              length,
              key);
      traces.added(trace, row, length);
      outcome.added++;
      raw += length;
    }
    rawBytes += raw;
    spanCount = rows.rows();
    account();
  }

  private boolean isThere(TracesBatch batch, int span, int trace, int group, int key) {
    byte[] body = batch.body();
    int offset = batch.spanOffset(span);
    int length = batch.spanLength(span);
    long spanId = batch.spanId(span);
    return rows.any(
        key,
        (page, at) -> {
          if (page.traces[at] != trace
              || page.spanIds[at] != spanId
              || page.groups[at] != group
              || page.lengths[at] != length) {
            return false;
          }
          byte[] chunk = bytes.chunks()[SegmentBytes.chunk(page.places[at])];
          int from = SegmentBytes.offset(page.places[at]);
          return Arrays.equals(chunk, from, from + length, body, offset, offset + length);
        });
  }

  private int group(TracesBatch batch, int scope) {
    int r = batch.resourceOf(scope);
    long resource =
        resources.number(
            batch.body(),
            batch.resourceOffset(r),
            batch.resourceLength(r),
            batch.resourceSchemaOffset(r),
            batch.resourceSchemaLength(r));
    int own =
        scopes.number(
            batch.body(),
            batch.scopeOffset(scope),
            batch.scopeLength(scope),
            batch.scopeSchemaOffset(scope),
            batch.scopeSchemaLength(scope));
    long known = groupNumbers.get(resource << 32 | own);
    if (known >= 0) {
      return (int) known;
    }
    if (groupCount == groupResources.length) {
      groupResources = Arrays.copyOf(groupResources, 2 * groupCount);
      groupScopes = Arrays.copyOf(groupScopes, 2 * groupCount);
    }
    groupResources[groupCount] = (int) resource;
    groupScopes[groupCount] = own;
    groupNumbers.put(resource << 32 | own, groupCount);
    return groupCount++;
  }

  private void account() {
    if (released) {
      return;
    }
    long now =
        bytes.allocatedBytes()
            + rows.allocatedBytes()
            + traces.allocatedBytes()
            + resources.allocatedBytes()
            + scopes.allocatedBytes()
            + 40L * groupResources.length;
    headBytes.addAndGet(now - allocatedBytes);
    allocatedBytes = now;
  }

  @Override
  public boolean isFull() {
    return rawBytes >= targetBytes;
  }

  @Override
  public void seal() {
    if (sealed) {
      return;
    }
    sealing.writeLock().lock();
    try {
      sealed = true;
    } finally {
      sealing.writeLock().unlock();
    }
  }

  @Override
  public synchronized void release() {
    if (!released) {
      released = true;
      headBytes.addAndGet(-allocatedBytes);
    }
  }

  // ---- reading ----

  synchronized SegmentView view() {
    return new SegmentView(
        blockId(),
        rows.rows(),
        rows.pages(),
        traces.count(),
        traces.highs(),
        traces.lows(),
        groupCount,
        groupResources,
        groupScopes,
        resources.view(),
        scopes.view(),
        bytes.chunks());
  }

  /// Rows of a trace, in order of arrival.
  synchronized int[] rowsOf(long traceHigh, long traceLow) {
    int trace = traces.find(traceHigh, traceLow);
    if (trace < 0) {
      return new int[0];
    }
    int count = 0;
    for (int r = traces.lastRow(trace); r >= 0; r = rows.page(r).previous[r & SpanRows.ROW_MASK]) {
      count++;
    }
    var all = new int[count];
    for (int r = traces.lastRow(trace); r >= 0; r = rows.page(r).previous[r & SpanRows.ROW_MASK]) {
      all[--count] = r;
    }
    return all;
  }

  @Override
  public boolean isSealed() {
    return sealed;
  }

  @Override
  public boolean isEmpty() {
    return spanCount == 0;
  }

  @Override
  public String description() {
    return "spans=" + spanCount + " traces=" + traceCount() + " raw_bytes=" + rawBytes;
  }

  int spanCount() {
    return spanCount;
  }

  synchronized int traceCount() {
    return traces.count();
  }

  @Override
  public long sizeBytes() {
    return allocatedBytes;
  }
}
