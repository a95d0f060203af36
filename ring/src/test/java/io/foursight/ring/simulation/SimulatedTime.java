package io.foursight.ring.simulation;

import io.foursight.ring.RingScheduler;
import io.foursight.ring.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/// One queue of events for the whole world, in virtual time. Each node has its own view of it: a
/// wall clock that is wrong by its skew, and tasks that die with the node.
final class SimulatedTime {
  private record Event(long at, long order, Runnable task) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private static final Instant ORIGIN = Instant.parse("2026-01-01T00:00:00Z");
  private long now;
  private long order;

  long nanos() {
    return now;
  }

  void at(long nanos, Runnable task) {
    events.add(new Event(Math.max(now, nanos), order++, task));
  }

  /// Runs the next event; false when it lies after the end.
  boolean step(long endNanos) {
    Event next = events.peek();
    if (next == null || next.at() > endNanos) {
      now = Math.max(now, endNanos);
      return false;
    }
    events.poll();
    now = next.at();
    next.task().run();
    return true;
  }

  /// The clock and timers of one process.
  final class Clock implements RingScheduler {
    private Duration skew;
    private boolean dead;

    Clock(Duration skew) {
      this.skew = skew;
    }

    /// As an operator or a time server does; the monotonic clock goes on as before.
    void jump(Duration by) {
      skew = skew.plus(by);
    }

    void die() {
      dead = true;
    }

    @Override
    public Instant now() {
      return ORIGIN.plusNanos(now).plus(skew);
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public Subscription after(Duration delay, Runnable task) {
      boolean[] closed = new boolean[1];
      at(
          now + delay.toNanos(),
          () -> {
            if (!dead && !closed[0]) {
              task.run();
            }
          });
      return () -> closed[0] = true;
    }

    @Override
    public Subscription every(Duration period, Runnable task) {
      boolean[] closed = new boolean[1];
      repeat(period, task, closed);
      return () -> closed[0] = true;
    }

    private void repeat(Duration period, Runnable task, boolean[] closed) {
      at(
          now + period.toNanos(),
          () -> {
            if (!dead && !closed[0]) {
              task.run();
              repeat(period, task, closed);
            }
          });
    }
  }
}
