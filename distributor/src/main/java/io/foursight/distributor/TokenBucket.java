package io.foursight.distributor;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A rate limit with a burst, as the generic cell rate algorithm: one number, the time at which the
/// bucket would be full again. Rate and burst may differ from call to call (limits are reloaded).
/// Safe from any thread.
public final class TokenBucket {
  private final LongSupplier nanoClock;
  private final AtomicLong fullAt;

  public TokenBucket(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.fullAt = new AtomicLong(nanoClock.getAsLong());
  }

  /// Takes `items` tokens or none.
  ///
  /// @param rate tokens a second; 0 or less allows everything
  /// @param burst most tokens at once; a larger request is always refused
  public boolean take(long items, double rate, long burst) {
    if (rate <= 0 || items == 0) {
      return true;
    }
    double nanosPerItem = 1e9 / rate;
    while (true) {
      long now = nanoClock.getAsLong();
      long seen = fullAt.get();
      long base = seen - now > 0 ? seen : now;
      double ahead = (base - now) + items * nanosPerItem;
      if (ahead > burst * nanosPerItem + 1) {
        return false;
      }
      if (fullAt.compareAndSet(seen, now + (long) ahead)) {
        return true;
      }
    }
  }
}
