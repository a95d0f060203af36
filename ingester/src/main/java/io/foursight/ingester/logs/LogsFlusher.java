package io.foursight.ingester.logs;

import io.foursight.ingester.IngesterConfig;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.block.BlockStore;
import io.foursight.storage.wal.Wal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns segments into blocks. A segment goes through
///
/// ```
/// OPEN    takes rows                         due (full, old, idle, memory short, asked for) -> seal, log SEALED
/// SEALED  final                              written and uploaded under the segment's own id  -> UPLOADED
/// UPLOADED still answers reads                every reader has the block                    -> log DROPPED, gone
/// ```
///
/// A crash between any two steps repeats a step with the same block id: a restart finds the segment
/// in the log, sealed or not, and sees whether the block is there. All methods but the constructor
/// are called by one thread at a time (they synchronize); a failing upload is repeated after a
/// growing pause while everything stays readable.
public final class LogsFlusher {
  private static final Logger log = LoggerFactory.getLogger(LogsFlusher.class);
  private static final long FIRST_BACKOFF_MILLIS = 500;
  private static final double EARLY_CUT_SHARE = 0.7;

  private static final class Progress {
    boolean sealedInLog;
    boolean uploaded;
    int failures;
    long notBeforeMillis;
  }

  private final LogsIngester ingester;
  private final IngesterConfig config;
  private final LogsIngesterConfig logsConfig;
  private final Wal wal;
  private final BlockStore blocks;
  private final BlockPickup pickup;
  private final Path directory;
  private final Clock clock;
  private final LogsIngesterMetrics metrics;
  private final Map<String, Progress> progress = new HashMap<>();

  /// @param directory for blocks under way; emptied by [#start]
  public LogsFlusher(
      LogsIngester ingester,
      IngesterConfig config,
      LogsIngesterConfig logsConfig,
      Wal wal,
      BlockStore blocks,
      BlockPickup pickup,
      Path directory,
      Clock clock,
      LogsIngesterMetrics metrics) {
    this.ingester = ingester;
    this.config = config;
    this.logsConfig = logsConfig;
    this.wal = wal;
    this.blocks = blocks;
    this.pickup = pickup;
    this.directory = directory;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// Removes what an earlier life left half-written.
  public synchronized void start() {
    remove(directory);
  }

  /// Cuts what is due, uploads what is cut, lets go of what is picked up.
  public synchronized void tick() {
    cutDue();
    run(Optional.empty());
  }

  /// Cuts everything (of one tenant) and tries to upload it now.
  ///
  /// @return whether all of it is uploaded
  public synchronized boolean flush(Optional<TenantId> tenant) {
    for (LogsHead head : ingester.heads().values()) {
      if (tenant.isEmpty() || tenant.get().equals(head.tenant())) {
        for (LogsSegment segment : head.segments()) {
          cut(head, segment);
          progress(segment).notBeforeMillis = 0;
        }
      }
    }
    run(tenant);
    for (LogsHead head : ingester.heads().values()) {
      if (tenant.isEmpty() || tenant.get().equals(head.tenant())) {
        for (LogsSegment segment : head.segments()) {
          if (segment.isSealed() && !progress(segment).uploaded) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /// As [#flush], repeated until it is done.
  ///
  /// @throws FoursightException `UNAVAILABLE` when the deadline passes first
  public void flushUntil(Optional<TenantId> tenant, Deadline deadline) {
    while (!flush(tenant)) {
      if (deadline.expired()) {
        throw FoursightException.unavailable(
            "not every block could be uploaded before the deadline; they stay in memory and in the"
                + " log");
      }
      try {
        Thread.sleep(FIRST_BACKOFF_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new FoursightException(ErrorKind.CANCELED, "interrupted while flushing", e);
      }
    }
  }

  private Progress progress(LogsSegment segment) {
    return progress.computeIfAbsent(segment.blockId(), unused -> new Progress());
  }

  private void cutDue() {
    long now = clock.millis();
    for (LogsHead head : ingester.heads().values()) {
      for (LogsSegment segment : head.segments()) {
        if (isDue(segment, now)) {
          cut(head, segment);
        }
      }
    }
    // Short of memory: the largest segment goes early.
    while (openBytes() > logsConfig.headBytes() * EARLY_CUT_SHARE && cutLargest()) {
      log.info("segment cut early to free memory component=ingester signal=logs");
    }
    long maxWal = config.maxWalBytes().bytes();
    if (maxWal > 0 && wal.sizeBytes() > maxWal * EARLY_CUT_SHARE) {
      cutOldestInLog();
    }
  }

  private boolean isDue(LogsSegment segment, long now) {
    return segment.isSealed()
        || segment.isFull()
        || now - segment.lastAppendMillis() >= logsConfig.flushIdle().toMillis()
        || now - segment.createdMillis() >= logsConfig.flushMaxAge().toMillis();
  }

  private long openBytes() {
    long bytes = 0;
    for (LogsHead head : ingester.heads().values()) {
      for (LogsSegment segment : head.segments()) {
        bytes += segment.isSealed() ? 0 : segment.sizeBytes();
      }
    }
    return bytes;
  }

  private boolean cutLargest() {
    LogsHead ofHead = null;
    LogsSegment largest = null;
    for (LogsHead head : ingester.heads().values()) {
      for (LogsSegment segment : head.segments()) {
        if (!segment.isSealed() && (largest == null || segment.sizeBytes() > largest.sizeBytes())) {
          largest = segment;
          ofHead = head;
        }
      }
    }
    return largest != null && cut(ofHead, largest);
  }

  private void cutOldestInLog() {
    for (LogsHead head : ingester.heads().values()) {
      head.segments().stream()
          .filter(segment -> !segment.isSealed())
          .min(Comparator.comparingLong(LogsSegment::firstSegment))
          .ifPresent(segment -> cut(head, segment));
    }
  }

  /// @return whether the segment is sealed, in memory and in the log
  private boolean cut(LogsHead head, LogsSegment segment) {
    head.seal(segment);
    Progress p = progress(segment);
    if (p.sealedInLog) {
      return true;
    }
    try {
      wal.append(
          Signal.LOGS,
          head.tenant(),
          LogsRecords.SEALED,
          segment.blockIdBytes(),
          0,
          LogsRecords.ID_BYTES);
      p.sealedInLog = true;
      return true;
    } catch (FoursightException e) {
      failed(head, segment, p, e);
      return false;
    }
  }

  private void run(Optional<TenantId> tenant) {
    boolean dropped = false;
    long now = clock.millis();
    for (LogsHead head : ingester.heads().values()) {
      if (tenant.isPresent() && !tenant.get().equals(head.tenant())) {
        continue;
      }
      for (LogsSegment segment : head.segments()) {
        Progress p = progress(segment);
        if (!segment.isSealed() || now < p.notBeforeMillis) {
          continue;
        }
        try {
          dropped |= advance(head, segment, p);
        } catch (FoursightException | UncheckedIOException e) {
          failed(head, segment, p, e);
        }
      }
    }
    forgetGone();
    if (dropped) {
      try {
        ingester.truncateLog();
      } catch (FoursightException e) {
        log.warn(
            "log could not be truncated component=ingester signal=logs error={}", e.getMessage());
      }
    }
  }

  /// @return whether the segment is gone
  private boolean advance(LogsHead head, LogsSegment segment, Progress p) {
    if (!cut(head, segment)) {
      return false;
    }
    TenantId tenant = head.tenant();
    if (segment.entryCount() == 0) {
      drop(head, segment);
      return true;
    }
    if (!p.uploaded) {
      if (blocks.meta(tenant, segment.blockId()).isEmpty()) {
        metrics.flush.record(() -> upload(head, segment));
      }
      p.uploaded = true;
      p.failures = 0;
    }
    if (pickup.serves(Signal.LOGS, tenant, segment.blockId()) || replaced(tenant, segment)) {
      drop(head, segment);
      return true;
    }
    return false;
  }

  /// The block was there and is not: it was merged into another one and deleted.
  private boolean replaced(TenantId tenant, LogsSegment segment) {
    return blocks.meta(tenant, segment.blockId()).isEmpty();
  }

  private void upload(LogsHead head, LogsSegment segment) {
    Path target = directory.resolve(segment.blockId());
    remove(target);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      BlockMeta meta = new SegmentBlock(segment).write(target, clock.millis());
      blocks.upload(head.tenant(), meta, target);
      metrics.flushedBlocks.increment();
      log.info(
          "block uploaded component=ingester signal=logs tenant={} block={} entries={} raw_bytes={}"
              + " bytes={}",
          head.tenant(),
          meta.id(),
          segment.entryCount(),
          segment.rawBytes(),
          meta.sizeBytes());
    } finally {
      remove(target);
    }
  }

  private void drop(LogsHead head, LogsSegment segment) {
    head.drop(segment);
    metrics.droppedSegments.increment();
    // Lost in a crash it is written again after the restart finds the block.
    wal.submit(
        Signal.LOGS,
        head.tenant(),
        LogsRecords.DROPPED,
        segment.blockIdBytes(),
        0,
        LogsRecords.ID_BYTES);
  }

  private void failed(LogsHead head, LogsSegment segment, Progress p, RuntimeException e) {
    metrics.flushFailures.increment();
    p.failures++;
    long backoff =
        Math.min(
            config.flushMaxBackoff().toMillis(),
            FIRST_BACKOFF_MILLIS << Math.min(20, p.failures - 1));
    p.notBeforeMillis = clock.millis() + backoff;
    log.warn(
        "flush failed, next attempt in {} ms component=ingester signal=logs tenant={} block={}"
            + " attempt={} error={}",
        backoff,
        head.tenant(),
        segment.blockId(),
        p.failures,
        e.toString());
  }

  private void forgetGone() {
    var live = new HashSet<String>();
    for (LogsHead head : ingester.heads().values()) {
      head.segments().forEach(segment -> live.add(segment.blockId()));
    }
    progress.keySet().retainAll(live);
  }

  private static void remove(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(p);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
