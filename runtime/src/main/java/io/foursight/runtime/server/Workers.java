package io.foursight.runtime.server;

import io.foursight.model.FoursightException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs handlers on virtual threads, at most so many at once, and knows whether the program takes
/// work at all.
final class Workers {
  private static final int MAX_WAIT_SECONDS = 10;

  private final Semaphore permits;
  private final int limit;
  private final ServerMetrics metrics;
  private volatile Optional<String> refusal = Optional.of("starting");

  Workers(int limit, ServerMetrics metrics) {
    this.permits = new Semaphore(limit, true);
    this.limit = limit;
    this.metrics = metrics;
  }

  ServerMetrics metrics() {
    return metrics;
  }

  /// Why work is refused: starting or stopping; empty when it is not.
  Optional<String> refusal() {
    return refusal;
  }

  void refuse(Optional<String> reason) {
    refusal = reason;
  }

  /// Threads for gRPC servers, which bound their work by their streams.
  Executor executor() {
    return Thread.ofVirtual().name("rpc-", 0)::start;
  }

  /// @param onRefused gets the error when no permit came in time
  /// @param bounded false for probes and admin pages, which must answer under load
  void run(Runnable work, Consumer<FoursightException> onRefused, boolean bounded) {
    Thread.ofVirtual()
        .name("request")
        .start(() -> {
          if (!bounded) {
            work.run();
          } else if (acquire()) {
            try {
              work.run();
            } finally {
              permits.release();
            }
          } else {
            metrics.refused();
            onRefused.accept(
                FoursightException.unavailable(
                    "too many requests at once: "
                        + limit
                        + " are running (server.max_concurrent_requests)"));
          }
        });
  }

  private boolean acquire() {
    try {
      return permits.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
