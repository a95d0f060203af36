package io.foursight.storage.object;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Repeats requests that were `UNAVAILABLE`, with exponential backoff and full jitter. A budget
/// keeps retries from multiplying the load on a store that is down: every success earns a tenth of
/// a retry, up to a bound; with an empty budget the first failure stands.
///
/// [#putIfAbsent] is never repeated: after a failure nobody knows whether it was this put that
/// created the object.
public final class RetryingObjectStore implements ObjectStore {
  /// Waits; injected so that tests need not.
  @FunctionalInterface
  public interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }

  /// @param attempts tries in all, the first included
  /// @param firstBackoff bound of the first pause; the next ones are twice as long each
  /// @param maxBackoff bound of every pause
  public record Policy(int attempts, Duration firstBackoff, Duration maxBackoff) {
    public static final Policy DEFAULT =
        new Policy(5, Duration.ofMillis(100), Duration.ofSeconds(3));
  }

  private static final int TOKENS_A_RETRY = 10;
  private static final int MAX_TOKENS = 100 * TOKENS_A_RETRY;

  private final ObjectStore store;
  private final Policy policy;
  private final Sleeper sleeper;
  private final RandomGenerator random;
  private final ObjectStoreMetrics metrics;
  private final Semaphore tokens = new Semaphore(MAX_TOKENS);

  RetryingObjectStore(
      ObjectStore store,
      Policy policy,
      Sleeper sleeper,
      RandomGenerator random,
      ObjectStoreMetrics metrics) {
    this.store = store;
    this.policy = policy;
    this.sleeper = sleeper;
    this.random = random;
    this.metrics = metrics;
  }

  private <T> T retried(Supplier<T> request) {
    for (int attempt = 1; ; attempt++) {
      try {
        T result = request.get();
        if (tokens.availablePermits() < MAX_TOKENS) {
          tokens.release();
        }
        return result;
      } catch (FoursightException e) {
        if (e.kind() != ErrorKind.UNAVAILABLE || attempt >= policy.attempts()) {
          throw e;
        }
        if (!tokens.tryAcquire(TOKENS_A_RETRY)) {
          metrics.refusedRetries.increment();
          throw e;
        }
        metrics.retries.increment();
        pause(attempt, e);
      }
    }
  }

  private void pause(int attempt, FoursightException cause) {
    long bound =
        Math.min(
            policy.maxBackoff().toNanos(),
            policy.firstBackoff().toNanos() << Math.min(attempt - 1, 20));
    try {
      sleeper.sleep(Duration.ofNanos(random.nextLong(bound / 2, bound + 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cause.addSuppressed(e);
      throw cause;
    }
  }

  private void retried(Runnable request) {
    retried(() -> {
      request.run();
      return true;
    });
  }

  @Override
  public Optional<byte[]> get(String key) {
    return retried(() -> store.get(key));
  }

  @Override
  public Optional<byte[]> get(String key, long offset, int length) {
    return retried(() -> store.get(key, offset, length));
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return retried(() -> store.head(key));
  }

  @Override
  public void put(String key, byte[] bytes) {
    retried(() -> store.put(key, bytes));
  }

  @Override
  public void put(String key, Path file) {
    retried(() -> store.put(key, file));
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    return store.putIfAbsent(key, bytes);
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    return retried(() -> store.list(prefix));
  }

  @Override
  public Listing listFolder(String prefix) {
    return retried(() -> store.listFolder(prefix));
  }

  @Override
  public void delete(String key) {
    retried(() -> store.delete(key));
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
