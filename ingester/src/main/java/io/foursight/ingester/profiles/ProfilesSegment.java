package io.foursight.ingester.profiles;

import io.foursight.ingester.HeadPiece;
import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.SymbolsInterner;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Profiles of one tenant that will be one block. Rows go in under the monitor; a writer holds the
/// read side of `sealing` from there until its record is on the way to the log, so that [#seal],
/// which takes the write side, leaves no record behind. Readers take [#view] and need no lock
/// afterwards. Safe from any thread.
final class ProfilesSegment extends HeadPiece {
  private final long targetBytes;
  private final AtomicLong headBytes;
  private final ReentrantReadWriteLock sealing = new ReentrantReadWriteLock();
  private final Map<PartitionKey, HeadPartition> partitions = new TreeMap<>();
  private final Map<Labels, Integer> numbers = new HashMap<>();
  private final List<Labels> series = new ArrayList<>();
  private volatile boolean sealed;
  private volatile int profileCount;
  private volatile long sampleCount;
  private volatile long allocatedBytes;
  private long seriesBytes;
  private boolean released;

  /// What became of a batch's profiles.
  static final class Outcome {
    int added;
    int repeated;
    long samples;

    /// Profiles of series that are too many.
    final BitSet tooMany = new BitSet();

    void clear() {
      added = 0;
      repeated = 0;
      samples = 0;
      tooMany.clear();
    }
  }

  /// @param targetBytes of memory at which it is full
  /// @param headBytes sum over all segments of the process
  ProfilesSegment(
      String blockId,
      long bucket,
      long firstSegment,
      long createdMillis,
      long targetBytes,
      AtomicLong headBytes) {
    super(blockId, bucket, firstSegment, createdMillis);
    this.targetBytes = targetBytes;
    this.headBytes = headBytes;
  }

  // ---- writing ----

  /// Writes profiles and runs `log` before the segment can be sealed.
  ///
  /// @param left profiles of the batch that are not for this segment
  /// @return false when the segment is sealed: nothing has happened
  boolean append(
      ProfilesBatch batch,
      BitSet left,
      ProfilesLimits limits,
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

  /// Writes profiles without regard to the log: replay.
  synchronized void add(ProfilesBatch batch, BitSet left, ProfilesLimits limits, Outcome outcome) {
    var translations = new HashMap<PartitionKey, SymbolsInterner.From>();
    int maxSeries = limits.maxGlobalProfileSeriesPerUser();
    for (int p = left.nextClearBit(0); p < batch.profiles(); p = left.nextClearBit(p + 1)) {
      Integer known = numbers.get(batch.labels(p));
      if (known == null && maxSeries > 0 && numbers.size() >= maxSeries) {
        outcome.tooMany.set(p);
        continue;
      }
      int number = known != null ? known : addSeries(batch.labels(p));
      PartitionKey key = PartitionKey.of(batch, p);
      HeadPartition partition = partitions.computeIfAbsent(key, HeadPartition::new);
      SymbolsInterner.From from =
          translations.computeIfAbsent(key, k -> partition.from(batch.symbols()));
      if (partition.add(batch, p, number, from)) {
        outcome.added++;
        outcome.samples += batch.sampleEnd(p) - batch.sampleStart(p);
      } else {
        outcome.repeated++;
      }
    }
    account();
  }

  private int addSeries(Labels labels) {
    numbers.put(labels, series.size());
    series.add(labels);
    for (int i = 0; i < labels.size(); i++) {
      seriesBytes += labels.name(i).length() + labels.value(i).length() + 64L;
    }
    return series.size() - 1;
  }

  private void account() {
    long now = seriesBytes;
    int profiles = 0;
    long samples = 0;
    for (HeadPartition partition : partitions.values()) {
      now += partition.allocatedBytes();
      profiles += partition.rows();
      samples += partition.samples();
    }
    profileCount = profiles;
    sampleCount = samples;
    if (!released) {
      headBytes.addAndGet(now - allocatedBytes);
      allocatedBytes = now;
    }
  }

  @Override
  public boolean isFull() {
    return allocatedBytes >= targetBytes;
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
        series.toArray(new Labels[0]),
        partitions.values().stream().map(HeadPartition::view).toList());
  }

  @Override
  public boolean isSealed() {
    return sealed;
  }

  @Override
  public boolean isEmpty() {
    return profileCount == 0;
  }

  @Override
  public String description() {
    return "profiles=" + profileCount + " samples=" + sampleCount + " series=" + seriesCount();
  }

  int profileCount() {
    return profileCount;
  }

  synchronized int seriesCount() {
    return series.size();
  }

  @Override
  public long sizeBytes() {
    return allocatedBytes;
  }
}
