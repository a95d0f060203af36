package io.foursight.storage.wal;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/// A log in a local directory; the format is on the package's page.
///
/// Appenders encode and checksum their frame on their own thread and put it in the open batch; the
/// committer thread swaps the batch, gives every frame its place, writes all of them with one call
/// and wakes their appenders. With `sync_interval` 0 it syncs before it wakes them; otherwise a
/// second thread syncs behind it. The bytes in the queue are bounded: past the bound appenders wait
/// for `queue_timeout` and are then refused. A failed write (a full disk) refuses its batch and
/// nothing else: the next one is tried afresh.
public final class FileWal implements Wal {
  private final Path path;
  private final WalConfig config;
  private final WalDirectory directory;
  private final WalMetrics metrics;
  private final WalQueue queue;
  private final WalCommitter committer;
  private final WalReplay replay;
  private State state = State.NEW;

  public FileWal(Path directory, WalConfig config, MeterRegistry registry) {
    this(directory, config, registry, new SecureRandom());
  }

  /// @param random gives each life of a segment file its seed
  public FileWal(Path directory, WalConfig config, MeterRegistry registry, RandomGenerator random) {
    this.path = directory;
    this.config = config;
    this.directory = new WalDirectory(directory, config.segmentSize().bytes(), random);
    this.queue = new WalQueue(config.maxQueuedBytes().bytes(), config.queueTimeout());
    this.metrics = new WalMetrics(registry, this.directory::sizeBytes, queue::queuedBytes);
    this.committer = new WalCommitter(config, this.directory, metrics, queue);
    this.replay = new WalReplay(this.directory, metrics, config.repair());
  }

  @Override
  public synchronized void start() {
    if (state != State.NEW) {
      throw new IllegalStateException("the log has been started before");
    }
    state = State.STARTING;
    directory.open();
    try {
      replay.closeLastSegment();
      committer.start();
      state = State.RUNNING;
    } catch (RuntimeException e) {
      directory.close();
      state = State.FAILED;
      throw e;
    }
  }

  @Override
  public Position append(
      Signal signal, TenantId tenant, byte type, byte[] payload, int offset, int length) {
    return submit(signal, tenant, type, payload, offset, length).await();
  }

  /// {@inheritDoc} The payload is copied before this returns.
  @Override
  public Pending submit(
      Signal signal, TenantId tenant, byte type, byte[] payload, int offset, int length) {
    byte[] frame =
        WalFrame.encode(signal, tenant, type, payload, offset, length, config.compression());
    try {
      return queue.add(frame);
    } catch (FoursightException e) {
      metrics.refused.increment();
      throw e;
    }
  }

  @Override
  public void replay(Replayer replayer) {
    replay.run(replayer);
  }

  @Override
  public long cut() {
    return queue.cut();
  }

  @Override
  public void truncate(long segment) {
    directory.truncate(Math.min(segment, committer.currentSegment()));
  }

  @Override
  public long sizeBytes() {
    return directory.sizeBytes();
  }

  @Override
  public synchronized void stop(Deadline deadline) {
    if (state != State.RUNNING) {
      return;
    }
    state = State.STOPPING;
    queue.close();
    try {
      committer.join(deadline);
    } finally {
      directory.close();
      state = State.TERMINATED;
    }
  }

  @Override
  public String toString() {
    return "wal:" + path;
  }
}
