package io.foursight.storage.object;

import io.foursight.model.FoursightException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Asks a second time when a read has not answered within about the 95th percentile of what reads
/// took lately, and takes the answer that comes first. At most one read in ten is asked twice, so a
/// store that is slow as a whole is not asked double.
final class HedgingObjectStore implements ObjectStore {
  /// Never hedge sooner.
  private static final Duration MIN_DELAY = Duration.ofMillis(50);

  private static final int READS_A_HEDGE = 10;
  private static final int MAX_CREDIT = 20 * READS_A_HEDGE;

  private final ObjectStore store;
  private final ObjectStoreMetrics metrics;
  private final AtomicInteger credit = new AtomicInteger(MAX_CREDIT);

  /// Running estimate of the 95th percentile: up by 19 steps when slower, down by one when faster.
  private final AtomicLong delayNanos = new AtomicLong(MIN_DELAY.toNanos() * 4);

  HedgingObjectStore(ObjectStore store, ObjectStoreMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  private <T> T hedged(Supplier<T> read) {
    long start = System.nanoTime();
    var answer = new CompletableFuture<T>();
    var failures = new AtomicInteger();
    var asked = new AtomicInteger(1);
    ask(read, answer, failures, asked);
    try {
      try {
        return answer.get(Math.max(MIN_DELAY.toNanos(), delayNanos.get()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (credit.addAndGet(-READS_A_HEDGE) >= 0) {
          metrics.hedges.increment();
          asked.incrementAndGet();
          ask(read, answer, failures, asked);
        } else {
          credit.addAndGet(READS_A_HEDGE);
        }
        return answer.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case FoursightException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        default -> throw new CompletionException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while reading from " + store);
    } finally {
      observe(System.nanoTime() - start);
    }
  }

  /// A failure counts only when it is the last answer that can come.
  private static <T> void ask(
      Supplier<T> read, CompletableFuture<T> answer, AtomicInteger failures, AtomicInteger asked) {
    Thread.startVirtualThread(() -> {
      try {
        answer.complete(read.get());
      } catch (Throwable e) {
        if (failures.incrementAndGet() >= asked.get()) {
          answer.completeExceptionally(e);
        }
      }
    });
  }

  private void observe(long nanos) {
    credit.updateAndGet(c -> Math.min(MAX_CREDIT, c + 1));
    delayNanos.updateAndGet(
        d -> nanos > d ? Math.min(d + d / 10, nanos) : Math.max(MIN_DELAY.toNanos(), d - d / 190));
  }

  @Override
  public Optional<byte[]> get(String key) {
    return hedged(() -> store.get(key));
  }

  @Override
  public Optional<byte[]> get(String key, long offset, int length) {
    return hedged(() -> store.get(key, offset, length));
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return store.head(key);
  }

  @Override
  public void put(String key, byte[] bytes) {
    store.put(key, bytes);
  }

  @Override
  public void put(String key, Path file) {
    store.put(key, file);
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    return store.putIfAbsent(key, bytes);
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    return store.list(prefix);
  }

  @Override
  public Listing listFolder(String prefix) {
    return store.listFolder(prefix);
  }

  @Override
  public void delete(String key) {
    store.delete(key);
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public String toString() {
    return store.toString();
  }
}
