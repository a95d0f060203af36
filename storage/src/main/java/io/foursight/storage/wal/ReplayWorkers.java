package io.foursight.storage.wal;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/// Hands records to the replayer on several threads; those of one tenant and signal always on the
/// same one, in order. Bytes on the way are bounded. Fed by one thread.
final class ReplayWorkers implements AutoCloseable {
  private static final int MAX_THREADS = 8;
  private static final int QUEUE = 256;

  /// Payload bytes on the way, in units of 1 KiB.
  private static final int BUDGET = 64 << 10;

  private final Wal.Replayer replayer;
  private final List<BlockingQueue<Optional<Wal.Record>>> queues = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Semaphore budget = new Semaphore(BUDGET);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  ReplayWorkers(Wal.Replayer replayer) {
    this.replayer = replayer;
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MAX_THREADS);
    for (int i = 0; i < count; i++) {
      var queue = new ArrayBlockingQueue<Optional<Wal.Record>>(QUEUE);
      queues.add(queue);
      threads.add(Thread.ofPlatform().daemon().name("wal-replay-" + i).start(() -> work(queue)));
    }
  }

  private static int cost(Wal.Record record) {
    return Math.min(BUDGET, 1 + (record.length() >> 10));
  }

  private void work(BlockingQueue<Optional<Wal.Record>> queue) {
    try {
      for (var next = queue.take(); next.isPresent(); next = queue.take()) {
        try {
          if (failure.get() == null) {
            replayer.replay(next.get());
          }
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        } finally {
          budget.release(cost(next.get()));
        }
      }
    } catch (InterruptedException e) {
      failure.compareAndSet(null, e);
    }
  }

  void add(Wal.Record record) {
    rethrow();
    try {
      budget.acquire(cost(record));
      int hash = record.tenant().hashCode() * 31 + record.signal().ordinal();
      queues.get(Math.floorMod(hash, queues.size())).put(Optional.of(record));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// Waits until everything has been replayed.
  void finish() {
    close();
    rethrow();
  }

  private void rethrow() {
    switch (failure.get()) {
      case null -> {}
      case FoursightException e -> throw e;
      case Throwable e ->
          throw new FoursightException(
              ErrorKind.INTERNAL, "a log record could not be replayed: " + e, e);
    }
  }

  private static FoursightException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new FoursightException(ErrorKind.CANCELED, "interrupted during replay", e);
  }

  @Override
  public void close() {
    try {
      for (int i = 0; i < threads.size(); i++) {
        if (threads.get(i).isAlive()) {
          queues.get(i).put(Optional.empty());
        }
      }
      for (Thread thread : threads) {
        thread.join();
      }
      threads.clear();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }
}
