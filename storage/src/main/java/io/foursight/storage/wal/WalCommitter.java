package io.foursight.storage.wal;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that writes the log, and the one that syncs behind it.
final class WalCommitter {
  private static final Logger log = LoggerFactory.getLogger(WalCommitter.class);

  private final WalConfig config;
  private final WalDirectory directory;
  private final WalMetrics metrics;
  private final WalQueue queue;
  private final SegmentWriter writer;
  private final Thread committer;
  private final Thread syncer;
  private volatile boolean committed;
  private volatile boolean failing;

  WalCommitter(WalConfig config, WalDirectory directory, WalMetrics metrics, WalQueue queue) {
    this.config = config;
    this.directory = directory;
    this.metrics = metrics;
    this.queue = queue;
    this.writer = new SegmentWriter(directory, metrics, config.segmentSize().bytes());
    this.committer = Thread.ofPlatform().daemon().name("wal-commit").unstarted(this::commitAll);
    this.syncer = Thread.ofPlatform().daemon().name("wal-sync").unstarted(this::syncAll);
  }

  void start() {
    try {
      writer.open();
    } catch (IOException e) {
      throw WalDirectory.failed("begin a segment in", Path.of(directory.toString()), e);
    }
    committer.start();
    if (!config.syncInterval().isZero()) {
      syncer.start();
    }
  }

  long currentSegment() {
    return writer.number();
  }

  private void commitAll() {
    try {
      for (Optional<WalQueue.Batch> batch = queue.take(); batch.isPresent(); batch = queue.take()) {
        commit(batch.get());
      }
    } finally {
      committed = true;
      LockSupport.unpark(syncer);
      try {
        writer.close();
      } catch (IOException e) {
        log.error("write-ahead log could not be closed directory={} error={}", directory, e, e);
      }
    }
  }

  private void commit(WalQueue.Batch batch) {
    long bytes = 0;
    for (byte[] frame : batch.frames) {
      bytes += frame.length;
    }
    try {
      if (!writer.fits(bytes)) {
        writer.roll();
      }
      var positions = new Wal.Position[batch.frames.size()];
      for (int i = 0; i < positions.length; i++) {
        positions[i] = writer.add(batch.frames.get(i));
      }
      writer.flush();
      if (config.syncInterval().isZero()) {
        writer.sync();
      }
      if (batch.cut && !writer.isEmpty()) {
        writer.roll();
      }
      metrics.commits.increment();
      metrics.records.increment(positions.length);
      recovered();
      batch.succeed(positions, writer.number());
    } catch (IOException e) {
      writer.undo();
      batch.fail(failed(e));
    } catch (RuntimeException | Error e) {
      writer.undo();
      batch.fail(new FoursightException(ErrorKind.INTERNAL, "write-ahead log: " + e, e));
    } finally {
      queue.release(bytes);
    }
  }

  private FoursightException failed(IOException e) {
    metrics.failures.increment();
    var failure = WalDirectory.failed("write to", Path.of(directory.toString()), e);
    if (!failing) {
      failing = true;
      log.error("write-ahead log refuses writes directory={} error={}", directory, e.toString());
    }
    return failure;
  }

  private void recovered() {
    if (failing) {
      failing = false;
      log.info("write-ahead log accepts writes again directory={}", directory);
    }
  }

  private void syncAll() {
    while (!committed) {
      LockSupport.parkNanos(config.syncInterval().toNanos());
      try {
        writer.sync();
      } catch (IOException e) {
        if (!committed) {
          metrics.failures.increment();
          log.error("write-ahead log could not be synced directory={} error={}", directory, e, e);
        }
      }
    }
  }

  /// Waits until the queue is drained and the log is closed.
  void join(Deadline deadline) {
    try {
      committer.join(deadline.remaining());
      if (!config.syncInterval().isZero()) {
        syncer.join(deadline.remaining());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (committer.isAlive()) {
      throw new FoursightException(
          ErrorKind.TIMEOUT, "write-ahead log: not everything was written before the deadline");
    }
  }
}
