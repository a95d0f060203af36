package io.foursight.ingester.metrics;

import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
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

/// Turns ranges into blocks. A range goes through
///
/// ```
/// OPEN    takes rows                         due (complete, idle, memory short, asked for) -> seal, log SEALED
/// SEALED  final                              written and uploaded under the range's own id  -> UPLOADED
/// UPLOADED still answers reads                every reader has the block                    -> log DROPPED, gone
/// ```
///
/// A crash between any two steps repeats a step with the same block id: a restart finds the range
/// in the log, sealed or not, and sees whether the block is there. All methods but the constructor
/// are called by one thread at a time (they synchronize); a failing upload is repeated after a
/// growing pause while everything stays readable.
public final class MetricsFlusher {
  private static final Logger log = LoggerFactory.getLogger(MetricsFlusher.class);
  private static final long FIRST_BACKOFF_MILLIS = 500;
  private static final double EARLY_CUT_SHARE = 0.7;

  private static final class Progress {
    boolean sealedInLog;
    boolean uploaded;
    int failures;
    long notBeforeMillis;
  }

  private final MetricsIngester ingester;
  private final IngesterConfig config;
  private final Wal wal;
  private final BlockStore blocks;
  private final BlockPickup pickup;
  private final Path directory;
  private final Clock clock;
  private final IngesterMetrics metrics;
  private final Map<String, Progress> progress = new HashMap<>();

  /// @param directory for blocks under way; emptied by [#start]
  public MetricsFlusher(
      MetricsIngester ingester,
      IngesterConfig config,
      Wal wal,
      BlockStore blocks,
      BlockPickup pickup,
      Path directory,
      Clock clock,
      IngesterMetrics metrics) {
    this.ingester = ingester;
    this.config = config;
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
    ingester.retireIdle();
    notifyAll();
  }

  /// Cuts everything (of one tenant) and tries to upload it now.
  ///
  /// @return whether all of it is uploaded
  public synchronized boolean flush(Optional<TenantId> tenant) {
    for (MetricsHead head : ingester.heads().values()) {
      if (tenant.isEmpty() || tenant.get().equals(head.tenant())) {
        for (HeadRange range : head.ranges()) {
          cut(head, range);
          progress(range).notBeforeMillis = 0;
        }
      }
    }
    run(tenant);
    for (MetricsHead head : ingester.heads().values()) {
      if (tenant.isEmpty() || tenant.get().equals(head.tenant())) {
        for (HeadRange range : head.ranges()) {
          if (range.isSealed() && !progress(range).uploaded) {
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
  public synchronized void flushUntil(Optional<TenantId> tenant, Deadline deadline) {
    while (!flush(tenant)) {
      if (deadline.expired()) {
        throw FoursightException.unavailable(
            "not every block could be uploaded before the deadline; they stay in memory and in the"
                + " log");
      }
      try {
        // Lets the ticks in; one of them may end the wait.
        wait(Math.max(1, Math.min(FIRST_BACKOFF_MILLIS, deadline.remaining().toMillis())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new FoursightException(ErrorKind.CANCELED, "interrupted while flushing", e);
      }
    }
  }

  private Progress progress(HeadRange range) {
    return progress.computeIfAbsent(range.blockId(), unused -> new Progress());
  }

  private void cutDue() {
    long now = clock.millis();
    for (MetricsHead head : ingester.heads().values()) {
      for (HeadRange range : head.ranges()) {
        if (isDue(range, now)) {
          cut(head, range);
        }
      }
    }
    // Short of memory: the largest range goes early, complete or not.
    while (openBytes() > config.headBytes() * EARLY_CUT_SHARE && cutLargest()) {
      log.info("range cut early to free memory component=ingester signal=metrics");
    }
    long maxWal = config.maxWalBytes().bytes();
    if (maxWal > 0 && wal.sizeBytes() > maxWal * EARLY_CUT_SHARE) {
      cutOldestInLog();
    }
  }

  private boolean isDue(HeadRange range, long now) {
    if (range.isSealed()) {
      return true;
    }
    long end = range.endMillis();
    if (end >= now - config.flushDelay().toMillis()) {
      return false;
    }
    long since = Math.max(range.createdMillis(), end);
    return now - range.lastAppendMillis() >= config.flushIdle().toMillis()
        || now - since >= config.flushMaxAge().toMillis();
  }

  private long openBytes() {
    long bytes = 0;
    for (MetricsHead head : ingester.heads().values()) {
      for (HeadRange range : head.ranges()) {
        bytes += range.isSealed() ? 0 : range.sizeBytes();
      }
    }
    return bytes;
  }

  private boolean cutLargest() {
    MetricsHead ofHead = null;
    HeadRange largest = null;
    for (MetricsHead head : ingester.heads().values()) {
      for (HeadRange range : head.ranges()) {
        if (!range.isSealed() && (largest == null || range.sizeBytes() > largest.sizeBytes())) {
          largest = range;
          ofHead = head;
        }
      }
    }
    return largest != null && cut(ofHead, largest);
  }

  private void cutOldestInLog() {
    for (MetricsHead head : ingester.heads().values()) {
      head.ranges().stream()
          .filter(range -> !range.isSealed())
          .min(Comparator.comparingLong(HeadRange::firstSegment))
          .ifPresent(range -> cut(head, range));
    }
  }

  /// @return whether the range is sealed, in memory and in the log
  private boolean cut(MetricsHead head, HeadRange range) {
    range.seal();
    Progress p = progress(range);
    if (p.sealedInLog) {
      return true;
    }
    try {
      wal.append(
          Signal.METRICS,
          head.tenant(),
          HeadRecords.SEALED,
          range.blockIdBytes(),
          0,
          HeadRecords.ID_BYTES);
      p.sealedInLog = true;
      return true;
    } catch (FoursightException e) {
      failed(head, range, p, e);
      return false;
    }
  }

  private void run(Optional<TenantId> tenant) {
    boolean dropped = false;
    long now = clock.millis();
    for (MetricsHead head : ingester.heads().values()) {
      if (tenant.isPresent() && !tenant.get().equals(head.tenant())) {
        continue;
      }
      for (HeadRange range : head.ranges()) {
        Progress p = progress(range);
        if (!range.isSealed() || now < p.notBeforeMillis) {
          continue;
        }
        try {
          dropped |= advance(head, range, p);
        } catch (FoursightException | UncheckedIOException e) {
          failed(head, range, p, e);
        }
      }
    }
    forgetGone();
    if (dropped) {
      try {
        ingester.truncateLog();
      } catch (FoursightException e) {
        log.warn(
            "log could not be truncated component=ingester signal=metrics error={}",
            e.getMessage());
      }
    }
  }

  /// @return whether the range is gone
  private boolean advance(MetricsHead head, HeadRange range, Progress p) {
    if (!cut(head, range)) {
      return false;
    }
    TenantId tenant = head.tenant();
    if (range.maxTimeMillis() == Long.MIN_VALUE && range.exemplars().size() == 0) {
      drop(head, range);
      return true;
    }
    if (!p.uploaded) {
      if (blocks.meta(tenant, range.blockId()).isEmpty()) {
        metrics.flush.record(() -> upload(head, range));
      }
      p.uploaded = true;
      p.failures = 0;
    }
    if (pickup.serves(Signal.METRICS, tenant, range.blockId()) || replaced(tenant, range)) {
      drop(head, range);
      return true;
    }
    return false;
  }

  /// The block was there and is not: it was merged into another one and deleted.
  private boolean replaced(TenantId tenant, HeadRange range) {
    return blocks.meta(tenant, range.blockId()).isEmpty();
  }

  private void upload(MetricsHead head, HeadRange range) {
    Path target = directory.resolve(range.blockId());
    remove(target);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      BlockMeta meta = new RangeBlock(range).write(target, head.metadata().of(""), clock.millis());
      blocks.upload(head.tenant(), meta, target);
      metrics.flushedBlocks.increment();
      log.info(
          "block uploaded component=ingester signal=metrics tenant={} block={} series={} bytes={}"
              + " range={}",
          head.tenant(),
          meta.id(),
          range.seriesCount(),
          meta.sizeBytes(),
          new TimeRange(meta.minTimeMillis(), meta.maxTimeMillis()));
    } finally {
      remove(target);
    }
  }

  private void drop(MetricsHead head, HeadRange range) {
    head.drop(range);
    metrics.droppedRanges.increment();
    // Lost in a crash it is written again after the restart finds the block.
    wal.submit(
        Signal.METRICS,
        head.tenant(),
        HeadRecords.DROPPED,
        range.blockIdBytes(),
        0,
        HeadRecords.ID_BYTES);
  }

  private void failed(MetricsHead head, HeadRange range, Progress p, RuntimeException e) {
    metrics.flushFailures.increment();
    p.failures++;
    long backoff =
        Math.min(
            config.flushMaxBackoff().toMillis(),
            FIRST_BACKOFF_MILLIS << Math.min(20, p.failures - 1));
    p.notBeforeMillis = clock.millis() + backoff;
    log.warn(
        "flush failed, next attempt in {} ms component=ingester signal=metrics tenant={} block={}"
            + " attempt={} error={}",
        backoff,
        head.tenant(),
        range.blockId(),
        p.failures,
        e.toString());
  }

  private void forgetGone() {
    var live = new HashSet<String>();
    for (MetricsHead head : ingester.heads().values()) {
      head.ranges().forEach(range -> live.add(range.blockId()));
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
