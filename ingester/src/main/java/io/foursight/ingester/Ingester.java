package io.foursight.ingester;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.runtime.Service;
import io.foursight.storage.wal.Wal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The component's life, and **owner of the log**: start opens the log, replays it and begins to
/// flush in the background; stop refuses writes, waits for those under way, flushes when it was
/// asked to, and closes the log. One platform thread does the flushing.
public final class Ingester implements Service {
  private static final Logger log = LoggerFactory.getLogger(Ingester.class);
  private static final long TRUNCATE_AFTER = 64L << 20;
  private static final Duration FLUSH_WAIT = Duration.ofMinutes(5);

  private final IngesterConfig config;
  private final Wal wal;
  private final List<SignalShelf> shelves;
  private final Path shutdownMarker;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private Optional<Thread> worker = Optional.empty();

  /// Size of the log when it was last truncated, or since; owned by the worker.
  private long logBytes;

  /// @param directory the ingester's own, for the marker of a prepared shutdown
  public Ingester(IngesterConfig config, Wal wal, List<SignalShelf> shelves, Path directory) {
    this.config = config;
    this.wal = wal;
    this.shelves = List.copyOf(shelves);
    this.shutdownMarker = directory.resolve("shutdown-requested.txt");
  }

  @Override
  public void start() {
    if (!state.compareAndSet(State.NEW, State.STARTING)) {
      throw new IllegalStateException("the ingester has been started before");
    }
    try {
      shelves.forEach(SignalShelf::start);
      wal.start();
      long began = System.nanoTime();
      wal.replay(this::replay);
      long segment = wal.cut();
      shelves.forEach(shelf -> shelf.replayed(segment));
      log.info(
          "log replayed component=ingester bytes={} ms={}",
          wal.sizeBytes(),
          (System.nanoTime() - began) / 1_000_000);
      Thread thread = Thread.ofPlatform().daemon().name("ingester-flush").start(this::work);
      worker = Optional.of(thread);
      state.set(State.RUNNING);
    } catch (RuntimeException e) {
      state.set(State.FAILED);
      wal.stop(Deadline.after(Duration.ofSeconds(5)));
      throw e;
    }
  }

  private void replay(Wal.Record record) {
    for (SignalShelf shelf : shelves) {
      if (shelf.signal() == record.signal()) {
        shelf.replay(record);
        return;
      }
    }
    throw new FoursightException(
        ErrorKind.UNIMPLEMENTED,
        "the log holds records of "
            + record.signal().plural()
            + ", which this version does not know");
  }

  /// A signal at rest must not keep what the others have written: when the log has grown, all say
  /// what they need.
  private void truncate() {
    if (wal.sizeBytes() > logBytes + TRUNCATE_AFTER) {
      shelves.forEach(SignalShelf::truncateLog);
      logBytes = wal.sizeBytes();
    }
    logBytes = Math.min(logBytes, wal.sizeBytes());
  }

  private void work() {
    long last = System.nanoTime();
    while (true) {
      try {
        if (stopping.await(config.flushCheckInterval().toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        long now = System.nanoTime();
        double seconds = Math.max(1e-3, (now - last) / 1e9);
        last = now;
        shelves.forEach(shelf -> shelf.tick(seconds));
        truncate();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.error("flush round failed component=ingester error={}", e, e);
      }
    }
  }

  /// Cuts and uploads; see [SignalShelf#flush].
  ///
  /// @param wait whether to repeat until everything is uploaded
  public void flush(Optional<TenantId> tenant, boolean wait) {
    if (state.get() != State.RUNNING) {
      throw FoursightException.unavailable("the ingester is not running");
    }
    if (wait) {
      Deadline deadline = Deadline.after(FLUSH_WAIT);
      shelves.forEach(shelf -> shelf.flushUntil(tenant, deadline));
    } else {
      Thread.ofPlatform()
          .daemon()
          .name("ingester-flush-now")
          .start(() -> shelves.forEach(shelf -> shelf.flush(tenant)));
    }
  }

  /// Refuses writes from now on and uploads everything; the process stays up to answer reads.
  public void shutdown() {
    close(Deadline.after(Duration.ofSeconds(30)));
    Deadline deadline = Deadline.after(FLUSH_WAIT);
    shelves.forEach(shelf -> shelf.flushUntil(Optional.empty(), deadline));
  }

  /// Whether the next stop flushes, because of the marker or by configuration.
  public boolean isShutdownPrepared() {
    return Files.exists(shutdownMarker);
  }

  /// Sets or removes the marker that makes the next stop flush; it survives restarts.
  public void prepareShutdown(boolean on) {
    try {
      if (on) {
        Files.createDirectories(shutdownMarker.getParent());
        Files.writeString(shutdownMarker, "");
      } else {
        Files.deleteIfExists(shutdownMarker);
      }
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE, "cannot change " + shutdownMarker + ": " + e.getMessage(), e);
    }
  }

  /// Tenants in memory.
  public Set<TenantId> tenants() {
    var tenants = new TreeSet<TenantId>();
    shelves.forEach(shelf -> tenants.addAll(shelf.tenants()));
    return tenants;
  }

  private void close(Deadline deadline) {
    shelves.forEach(shelf -> shelf.close(deadline));
  }

  public State state() {
    return state.get();
  }

  @Override
  public void stop(Deadline deadline) {
    if (!state.compareAndSet(State.RUNNING, State.STOPPING)) {
      state.compareAndSet(State.NEW, State.TERMINATED);
      return;
    }
    close(deadline);
    stopping.countDown();
    try {
      if (worker.isPresent()) {
        worker.get().join(deadline.remaining());
      }
      if (config.flushOnShutdown() || isShutdownPrepared()) {
        shelves.forEach(shelf -> shelf.flushUntil(Optional.empty(), deadline));
        prepareShutdown(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (FoursightException e) {
      // Nothing is lost: the log has it, and the next start goes on from there.
      log.warn("flush on stop failed component=ingester error={}", e.getMessage());
    } finally {
      wal.stop(deadline);
      state.set(State.TERMINATED);
    }
  }
}
