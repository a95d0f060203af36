package io.foursight.querier.replication;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// When another one is asked the same because the first is slow: after about the 95th percentile of
/// what answers took lately, and for at most one question in ten, so that peers that are slow
/// together are not asked double. Safe from any thread.
final class HedgePolicy {
  private static final int QUESTIONS_A_HEDGE = 10;
  private static final int MAX_CREDIT = 20 * QUESTIONS_A_HEDGE;

  private final long minDelayNanos;
  private final AtomicInteger credit = new AtomicInteger(MAX_CREDIT);

  /// Running estimate of the 95th percentile: up by 19 steps when slower, down by one when faster.
  private final AtomicLong delayNanos;

  HedgePolicy(Duration minDelay) {
    minDelayNanos = minDelay.toNanos();
    delayNanos = new AtomicLong(minDelayNanos * 2);
  }

  long delayNanos() {
    return delayNanos.get();
  }

  /// Whether one more may be asked twice.
  boolean take() {
    if (credit.addAndGet(-QUESTIONS_A_HEDGE) >= 0) {
      return true;
    }
    credit.addAndGet(QUESTIONS_A_HEDGE);
    return false;
  }

  void observe(long nanos) {
    credit.updateAndGet(c -> Math.min(MAX_CREDIT, c + 1));
    delayNanos.updateAndGet(
        d -> nanos > d ? Math.min(d + d / 10, nanos) : Math.max(minDelayNanos, d - d / 190));
  }
}
