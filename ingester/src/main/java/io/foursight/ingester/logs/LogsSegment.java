package io.foursight.ingester.logs;

import io.foursight.ingester.HeadPiece;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.logs.LogsBatch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Entries of one tenant that will be one block. Rows go in under the monitor; a writer holds the
/// read side of `sealing` from there until its record is on the way to the log, so that [#seal],
/// which takes the write side, leaves no record behind. Readers take [#view] and need no lock
/// afterwards. Safe from any thread.
final class LogsSegment extends HeadPiece {
  private final long targetBytes;
  private final AtomicLong headBytes;
  private final ReentrantReadWriteLock sealing = new ReentrantReadWriteLock();
  private final List<HeadPage> pages = new ArrayList<>();
  private final SegmentStreams streams;
  private volatile boolean sealed;
  private volatile long rawBytes;
  private volatile long entryCount;
  private volatile long allocatedBytes;
  private long fullPagesBytes;
  private boolean released;

  /// What became of a batch's entries.
  static final class Outcome {
    int added;
    int repeated;

    /// Entries of streams that are too many.
    final BitSet refused = new BitSet();

    void clear() {
      added = 0;
      repeated = 0;
      refused.clear();
    }
  }

  /// @param firstSegment the log's segment from which on this segment's records lie
  /// @param targetBytes lines and metadata at which it is full
  /// @param headBytes sum over all segments of the process
  LogsSegment(
      String blockId,
      long bucket,
      SeriesHash hash,
      long firstSegment,
      long createdMillis,
      long targetBytes,
      AtomicLong headBytes) {
    super(blockId, bucket, firstSegment, createdMillis);
    this.targetBytes = targetBytes;
    this.headBytes = headBytes;
    this.streams = new SegmentStreams(new EntryHash(hash), pages);
  }

  // ---- writing ----

  /// Writes entries and runs `log` before the segment can be sealed.
  ///
  /// @param left entries of the batch that are not for this segment
  /// @return false when the segment is sealed: nothing has happened
  boolean append(
      LogsBatch batch, BitSet left, int maxStreams, long nowMillis, Outcome outcome, Runnable log) {
    sealing.readLock().lock();
    try {
      if (sealed) {
        return false;
      }
      add(batch, left, maxStreams, outcome);
      appended(nowMillis);
      log.run();
      return true;
    } finally {
      sealing.readLock().unlock();
    }
  }

  /// Writes entries without regard to the log: replay.
  synchronized void add(LogsBatch batch, BitSet left, int maxStreams, Outcome outcome) {
    long raw = 0;
    int added = 0;
    for (int s = 0; s < batch.streamCount(); s++) {
      int start = batch.entryStart(s);
      int end = batch.entryEnd(s);
      int first = left.nextClearBit(start);
      if (first >= end) {
        continue;
      }
      Labels labels = batch.labels(s);
      if (maxStreams > 0 && streams.size() >= maxStreams && !streams.has(labels)) {
        for (int e = first; e < end; e = left.nextClearBit(e + 1)) {
          outcome.refused.set(e);
        }
        continue;
      }
      int stream = streams.number(labels);
      for (int e = first; e < end; e = left.nextClearBit(e + 1)) {
        if (streams.isRepeated(batch, e, stream)) {
          outcome.repeated++;
          continue;
        }
        HeadPage page = page(batch.lineLength(e));
        int row = page.add(batch, e, stream, streams.last(stream));
        streams.added(stream, batch.timestamps()[e], pages.size() - 1 << HeadPage.ROW_BITS | row);
        added++;
        raw += batch.lineLength(e);
        for (int p = batch.metadataStart(e); p < batch.metadataEnd(e); p++) {
          raw += batch.nameLength(p) + batch.valueLength(p);
        }
      }
    }
    outcome.added += added;
    rawBytes += raw;
    entryCount += added;
    account();
  }

  private HeadPage page(int lineLength) {
    if (!pages.isEmpty()) {
      HeadPage last = pages.getLast();
      if (!last.isFull(lineLength)) {
        return last;
      }
      last.freeze();
      fullPagesBytes += last.allocatedBytes();
    }
    var page = new HeadPage();
    pages.add(page);
    return page;
  }

  private void account() {
    if (released) {
      return;
    }
    long now =
        fullPagesBytes
            + (pages.isEmpty() ? 0 : pages.getLast().allocatedBytes())
            + streams.allocatedBytes();
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

  /// What is in it now.
  ///
  /// @param streams by number
  record View(String blockId, List<Labels> streams, List<HeadPage.View> pages) {}

  synchronized View view() {
    return new View(blockId(), streams.list(), pages.stream().map(HeadPage::view).toList());
  }

  /// Numbers of the streams that satisfy every matcher; those that came after a [#view] may be
  /// among them.
  BitSet matching(List<LabelMatcher> matchers) {
    StreamPostings.Candidates candidates;
    synchronized (this) {
      candidates = streams.candidates(matchers);
    }
    return candidates.matching(matchers);
  }

  @Override
  public boolean isEmpty() {
    return entryCount == 0;
  }

  @Override
  public String description() {
    return "entries=" + entryCount + " raw_bytes=" + rawBytes;
  }

  @Override
  public boolean isSealed() {
    return sealed;
  }

  long rawBytes() {
    return rawBytes;
  }

  long entryCount() {
    return entryCount;
  }

  synchronized int streamCount() {
    return streams.size();
  }

  @Override
  public long sizeBytes() {
    return allocatedBytes;
  }
}
