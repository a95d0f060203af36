package io.foursight.ring;

import java.time.Duration;
import java.time.Instant;

/// Time as the ring knows it: the wall clock, a clock that only goes forward, and tasks that run
/// later. Production runs tasks on virtual threads; a simulation runs everything on one thread in
/// virtual time. Tasks of one scheduler may overlap; one repeated task never overlaps itself. An
/// exception of a task is logged and ends nothing.
public interface RingScheduler {
  /// Wall clock; may jump, may be wrong.
  Instant now();

  /// Monotonic, from an arbitrary origin.
  long nanoTime();

  Subscription after(Duration delay, Runnable task);

  /// First after one period.
  Subscription every(Duration period, Runnable task);
}
