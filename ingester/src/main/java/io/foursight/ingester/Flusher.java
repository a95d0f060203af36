package io.foursight.ingester;

import io.foursight.ingester.FlushedHeads.Piece;
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

/// Turns pieces of the heads of one signal into blocks. A piece goes through
///
/// ```
/// OPEN    takes rows                         due (full, old, idle, memory short, asked for) -> seal, log SEALED
/// SEALED  final                              written and uploaded under the piece's own id  -> UPLOADED
/// UPLOADED still answers reads                every reader has the block                    -> log DROPPED, gone
/// ```
///
/// A crash between any two steps repeats a step with the same block id: a restart finds the piece
/// in the log, sealed or not, and sees whether the block is there. All methods but the constructor
/// are called by one thread at a time (they synchronize); a failing upload is repeated after a
/// growing pause while everything stays readable.
public final class Flusher {
  private static final Logger log = LoggerFactory.getLogger(Flusher.class);
  private static final long FIRST_BACKOFF_MILLIS = 500;
  private static final double EARLY_CUT_SHARE = 0.7;

  private static final class Progress {
    boolean sealedInLog;
    boolean uploaded;
    int failures;
    long notBeforeMillis;
  }

  private final FlushedHeads heads;
  private final Signal signal;
  private final IngesterConfig config;
  private final Wal wal;
  private final BlockStore blocks;
  private final BlockPickup pickup;
  private final Path directory;
  private final Clock clock;
  private final IngesterMetrics metrics;
  private final Map<String, Progress> progress = new HashMap<>();

  /// @param directory for blocks under way; emptied by [#start]
  /// @param metrics of the signal
  public Flusher(
      FlushedHeads heads,
      IngesterConfig config,
      Wal wal,
      BlockStore blocks,
      BlockPickup pickup,
      Path directory,
      Clock clock,
      IngesterMetrics metrics) {
    this.heads = heads;
    this.signal = heads.signal();
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
    heads.retireIdle();
    notifyAll();
  }

  /// Cuts everything (of one tenant) and tries to upload it now.
  ///
  /// @return whether all of it is uploaded
  public synchronized boolean flush(Optional<TenantId> tenant) {
    for (Piece piece : heads.pieces(tenant)) {
      cut(piece);
      progress(piece).notBeforeMillis = 0;
    }
    run(tenant);
    for (Piece piece : heads.pieces(tenant)) {
      if (piece.rows().isSealed() && !progress(piece).uploaded) {
        return false;
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

  private Progress progress(Piece piece) {
    return progress.computeIfAbsent(piece.rows().blockId(), unused -> new Progress());
  }

  private void cutDue() {
    long now = clock.millis();
    for (Piece piece : heads.pieces(Optional.empty())) {
      if (piece.isDue(now)) {
        cut(piece);
      }
    }
    // Short of memory: the largest piece goes early, complete or not.
    while (openBytes() > heads.maxHeadBytes() * EARLY_CUT_SHARE && cutLargest()) {
      log.info("cut early to free memory component=ingester signal={}", signal.plural());
    }
    long maxWal = config.maxWalBytes().bytes();
    if (maxWal > 0 && wal.sizeBytes() > maxWal * EARLY_CUT_SHARE) {
      cutOldestInLog();
    }
  }

  private Stream<Piece> open() {
    return heads.pieces(Optional.empty()).stream().filter(piece -> !piece.rows().isSealed());
  }

  private long openBytes() {
    return open().mapToLong(piece -> piece.rows().sizeBytes()).sum();
  }

  private boolean cutLargest() {
    return open()
        .max(Comparator.comparingLong(piece -> piece.rows().sizeBytes()))
        .map(this::cut)
        .orElse(false);
  }

  /// Of each tenant the piece that keeps most of the log.
  private void cutOldestInLog() {
    var oldest = new HashMap<TenantId, Piece>();
    open()
        .forEach(piece ->
            oldest.merge(
                piece.tenant(),
                piece,
                (a, b) -> b.rows().firstSegment() < a.rows().firstSegment() ? b : a));
    oldest.values().forEach(this::cut);
  }

  /// @return whether the piece is sealed, in memory and in the log
  private boolean cut(Piece piece) {
    piece.seal();
    Progress p = progress(piece);
    if (p.sealedInLog) {
      return true;
    }
    try {
      byte[] id = piece.rows().blockIdBytes();
      wal.append(signal, piece.tenant(), PieceRecords.SEALED, id, 0, id.length);
      p.sealedInLog = true;
      return true;
    } catch (FoursightException e) {
      failed(piece, p, e);
      return false;
    }
  }

  private void run(Optional<TenantId> tenant) {
    boolean dropped = false;
    long now = clock.millis();
    for (Piece piece : heads.pieces(tenant)) {
      Progress p = progress(piece);
      if (!piece.rows().isSealed() || now < p.notBeforeMillis) {
        continue;
      }
      try {
        dropped |= advance(piece, p);
      } catch (FoursightException | UncheckedIOException e) {
        failed(piece, p, e);
      }
    }
    forgetGone();
    if (dropped) {
      try {
        heads.truncateLog();
      } catch (FoursightException e) {
        log.warn(
            "log could not be truncated component=ingester signal={} error={}",
            signal.plural(),
            e.getMessage());
      }
    }
  }

  /// @return whether the piece is gone
  private boolean advance(Piece piece, Progress p) {
    if (!cut(piece)) {
      return false;
    }
    TenantId tenant = piece.tenant();
    String id = piece.rows().blockId();
    if (piece.rows().isEmpty()) {
      drop(piece);
      return true;
    }
    if (!p.uploaded) {
      if (blocks.meta(tenant, id).isEmpty()) {
        metrics.flush.record(() -> upload(piece));
      }
      p.uploaded = true;
      p.failures = 0;
    }
    if (pickup.serves(signal, tenant, id) || replaced(tenant, id)) {
      drop(piece);
      return true;
    }
    return false;
  }

  /// The block was there and is not: it was merged into another one and deleted.
  private boolean replaced(TenantId tenant, String id) {
    return blocks.meta(tenant, id).isEmpty();
  }

  private void upload(Piece piece) {
    Path target = directory.resolve(piece.rows().blockId());
    remove(target);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      BlockMeta meta = piece.write(target, clock.millis());
      blocks.upload(piece.tenant(), meta, target);
      metrics.flushedBlocks.increment();
      log.info(
          "block uploaded component=ingester signal={} tenant={} block={} {} bytes={} range={}",
          signal.plural(),
          piece.tenant(),
          meta.id(),
          piece.rows().description(),
          meta.sizeBytes(),
          new TimeRange(meta.minTimeMillis(), meta.maxTimeMillis()));
    } finally {
      remove(target);
    }
  }

  private void drop(Piece piece) {
    piece.drop();
    metrics.droppedRanges.increment();
    // Lost in a crash it is written again after the restart finds the block.
    byte[] id = piece.rows().blockIdBytes();
    wal.submit(signal, piece.tenant(), PieceRecords.DROPPED, id, 0, id.length);
  }

  private void failed(Piece piece, Progress p, RuntimeException e) {
    metrics.flushFailures.increment();
    p.failures++;
    long backoff =
        Math.min(
            config.flushMaxBackoff().toMillis(),
            FIRST_BACKOFF_MILLIS << Math.min(20, p.failures - 1));
    p.notBeforeMillis = clock.millis() + backoff;
    log.warn(
        "flush failed, next attempt in {} ms component=ingester signal={} tenant={} block={}"
            + " attempt={} error={}",
        backoff,
        signal.plural(),
        piece.tenant(),
        piece.rows().blockId(),
        p.failures,
        e.toString());
  }

  private void forgetGone() {
    var live = new HashSet<String>();
    heads.pieces(Optional.empty()).forEach(piece -> live.add(piece.rows().blockId()));
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
