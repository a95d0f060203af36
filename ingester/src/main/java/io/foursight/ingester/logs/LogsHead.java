package io.foursight.ingester.logs;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.storage.wal.Wal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/// The recent logs of one tenant: its segments, the open one of each time bucket among them. Safe
/// from any thread; [#replay] only before anybody else.
final class LogsHead {
  private static final BitSet NONE = new BitSet();

  private final TenantId tenant;
  private final LongFunction<LogsSegment> opener;
  private final Map<Long, LogsSegment> open = new ConcurrentHashMap<>();
  private volatile List<LogsSegment> segments = List.of();
  private final LogsBatch replayBatch = new LogsBatch(new byte[0]);
  private final LogsSegment.Outcome replayOutcome = new LogsSegment.Outcome();

  /// @param opener makes a new segment for a bucket
  LogsHead(TenantId tenant, LongFunction<LogsSegment> opener) {
    this.tenant = tenant;
    this.opener = opener;
  }

  /// Applies the batch to memory and sends its records to the log.
  void append(LogsScratch scratch, LogsBatch batch, int maxStreams, long nowMillis) {
    long now = nowMillis * 1_000_000;
    long[] times = batch.timestamps();
    int n = batch.entryCount();
    long bucket = TimeBuckets.of(times[0], now);
    boolean one = true;
    for (int e = 1; e < n && one; e++) {
      one = TimeBuckets.of(times[e], now) == bucket;
    }
    if (one) {
      append(scratch, batch, bucket, NONE, maxStreams, nowMillis);
      return;
    }
    var left = new BitSet();
    for (int first = 0; first < n; first = left.nextClearBit(first)) {
      long own = TimeBuckets.of(times[first], now);
      var others = new BitSet();
      others.set(0, n);
      for (int e = left.nextClearBit(first); e < n; e = left.nextClearBit(e + 1)) {
        if (TimeBuckets.of(times[e], now) == own) {
          others.clear(e);
        }
      }
      append(scratch, batch, own, others, maxStreams, nowMillis);
      others.flip(0, n);
      left.or(others);
    }
  }

  private void append(
      LogsScratch scratch,
      LogsBatch batch,
      long bucket,
      BitSet left,
      int maxStreams,
      long nowMillis) {
    while (true) {
      LogsSegment segment = openSegment(bucket);
      boolean done =
          segment.append(
              batch,
              left,
              maxStreams,
              nowMillis,
              scratch.outcome,
              () -> scratch.log(tenant, segment, batch, left));
      if (done && !segment.isFull()) {
        return;
      }
      open.remove(bucket, segment);
      segment.seal();
      if (done) {
        return;
      }
    }
  }

  private LogsSegment openSegment(long bucket) {
    LogsSegment segment = open.get(bucket);
    return segment != null ? segment : createSegment(bucket);
  }

  private synchronized LogsSegment createSegment(long bucket) {
    return open.computeIfAbsent(
        bucket,
        b -> {
          LogsSegment segment = opener.apply(b);
          add(segment);
          return segment;
        });
  }

  private synchronized void add(LogsSegment segment) {
    var all = new ArrayList<>(segments);
    all.add(segment);
    segments = Collections.unmodifiableList(all);
  }

  // ---- replay ----

  /// Makes a segment that was there before.
  interface SegmentRestorer {
    LogsSegment restore(String blockId, long bucket, long firstSegment);
  }

  void replay(Wal.Record r, SegmentRestorer restore) {
    String id = LogsRecords.blockId(r.payload(), r.offset());
    LogsSegment segment = segmentWithId(id);
    switch (r.type()) {
      case LogsRecords.ROWS -> {
        if (segment == null) {
          long bucket = LogsRecords.bucket(r.payload(), r.offset(), r.length());
          segment = restore.restore(id, bucket, r.position().segment());
          add(segment);
        }
        LogsRecords.read(r.payload(), r.offset(), r.length(), replayBatch);
        replayOutcome.clear();
        segment.add(replayBatch, NONE, 0, replayOutcome);
      }
      case LogsRecords.SEALED -> {
        if (segment != null) {
          segment.seal();
        }
      }
      case LogsRecords.DROPPED -> {
        if (segment != null) {
          drop(segment);
        }
      }
      default ->
          throw FoursightException.corrupt(
              "the log has a record of logs of unknown type " + r.type() + " at " + r.position());
    }
  }

  private LogsSegment segmentWithId(String id) {
    for (LogsSegment segment : segments.reversed()) {
      if (segment.blockId().equals(id)) {
        return segment;
      }
    }
    return null;
  }

  void replayed() {
    replayBatch.reset(new byte[0]);
    for (LogsSegment segment : segments) {
      if (segment.isFull()) {
        segment.seal();
      }
      if (!segment.isSealed()) {
        LogsSegment before = open.put(segment.bucket(), segment);
        if (before != null) {
          before.seal();
        }
      }
    }
  }

  // ---- life of segments ----

  /// Takes no more rows.
  void seal(LogsSegment segment) {
    open.remove(segment.bucket(), segment);
    segment.seal();
  }

  /// Lets go of a segment; running readers keep what they read.
  synchronized void drop(LogsSegment segment) {
    open.remove(segment.bucket(), segment);
    var all = new ArrayList<>(segments);
    if (all.remove(segment)) {
      segments = Collections.unmodifiableList(all);
      segment.release();
    }
  }

  /// In the order in which they were opened.
  List<LogsSegment> segments() {
    return segments;
  }

  TenantId tenant() {
    return tenant;
  }
}
