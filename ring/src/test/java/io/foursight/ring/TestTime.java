package io.foursight.ring;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A clock that stands until it is told to go; tasks run in the thread that moves it.
final class TestTime implements RingScheduler {
  private record Task(long at, long period, Runnable run, boolean[] closed) {}

  private final List<Task> tasks = new ArrayList<>();
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");
  private long nanos;

  void go(Duration time) {
    long end = nanos + time.toNanos();
    while (true) {
      Task next = null;
      for (Task task : tasks) {
        if (task.at() <= end && (next == null || task.at() < next.at())) {
          next = task;
        }
      }
      if (next == null) {
        move(end);
        return;
      }
      tasks.remove(next);
      move(next.at());
      if (!next.closed()[0]) {
        if (next.period() > 0) {
          tasks.add(new Task(next.at() + next.period(), next.period(), next.run(), next.closed()));
        }
        next.run().run();
      }
    }
  }

  private void move(long to) {
    wall = wall.plusNanos(to - nanos);
    nanos = to;
  }

  /// As an operator or a time server does.
  void setWall(Instant time) {
    wall = time;
  }

  @Override
  public Instant now() {
    return wall;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public Subscription after(Duration delay, Runnable task) {
    boolean[] closed = new boolean[1];
    tasks.add(new Task(nanos + delay.toNanos(), 0, task, closed));
    return () -> closed[0] = true;
  }

  @Override
  public Subscription every(Duration period, Runnable task) {
    boolean[] closed = new boolean[1];
    tasks.add(new Task(nanos + period.toNanos(), period.toNanos(), task, closed));
    return () -> closed[0] = true;
  }
}
