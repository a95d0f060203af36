package io.foursight.queryfrontend;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Runs again what failed because somebody went away or could not serve: a bounded number of times,
/// with growing pauses, and for at most one call in five over all, so that a cluster that is down
/// is not asked many times over. Safe from any thread.
public final class Retries {
  private static final long FIRST_PAUSE_NANOS = 50_000_000;
  private static final long GLANCE_NANOS = 50_000_000;
  private static final int CALLS_A_RETRY = 5;
  private static final int MAX_CREDIT = 100 * CALLS_A_RETRY;

  private final int max;
  private final LongSupplier nanoClock;
  private final AtomicInteger credit = new AtomicInteger(MAX_CREDIT);

  /// @param max of one call
  public Retries(int max) {
    this(max, System::nanoTime);
  }

  Retries(int max, LongSupplier nanoClock) {
    this.max = max;
    this.nanoClock = nanoClock;
  }

  /// @throws FoursightException the last failure; what the budget's check says, also while it waits
  public <T> T run(QueryBudget budget, Supplier<T> call) {
    credit.updateAndGet(c -> Math.min(MAX_CREDIT, c + 1));
    for (int attempt = 0; ; attempt++) {
      try {
        return call.get();
      } catch (FoursightException e) {
        budget.check();
        if (e.kind() != ErrorKind.UNAVAILABLE || attempt >= max || !take()) {
          throw e;
        }
        pause(budget, FIRST_PAUSE_NANOS << Math.min(attempt, 4));
      }
    }
  }

  private boolean take() {
    if (credit.addAndGet(-CALLS_A_RETRY) >= 0) {
      return true;
    }
    credit.addAndGet(CALLS_A_RETRY);
    return false;
  }

  /// Whoever gives up a query ends the wait with it.
  private void pause(QueryBudget budget, long nanos) {
    long end = nanoClock.getAsLong() + nanos;
    for (long left = nanos; left > 0; left = end - nanoClock.getAsLong()) {
      LockSupport.parkNanos(this, Math.min(left, GLANCE_NANOS));
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw FoursightException.unavailable("interrupted while a query was to be tried again");
      }
      budget.check();
    }
  }
}
