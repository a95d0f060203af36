package io.foursight.model;

import java.time.Duration;

/// A point on the monotonic clock after which waiting is pointless. Immutable.
public final class Deadline {
  /// Never expires.
  public static final Deadline NONE = new Deadline(0, true);

  private final long nanoTime;
  private final boolean never;

  private Deadline(long nanoTime, boolean never) {
    this.nanoTime = nanoTime;
    this.never = never;
  }

  public static Deadline after(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos(), false);
  }

  public boolean expired() {
    return !never && System.nanoTime() - nanoTime >= 0;
  }

  /// Time left, never negative; about 292 years for [#NONE].
  public Duration remaining() {
    return Duration.ofNanos(never ? Long.MAX_VALUE : Math.max(0, nanoTime - System.nanoTime()));
  }

  public Deadline earliest(Deadline other) {
    if (never) {
      return other;
    }
    return other.never || nanoTime - other.nanoTime <= 0 ? this : other;
  }
}
