package io.foursight.ring;

import io.foursight.model.Deadline;
import io.foursight.runtime.Service;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Real time: one daemon timer thread that starts each task on a virtual thread of its own. Built
/// without a thread; the timer begins with the first task.
public final class SystemRingScheduler implements RingScheduler, Service {
  private static final Logger log = LoggerFactory.getLogger(SystemRingScheduler.class);

  private final Clock clock;
  private ScheduledExecutorService timer;
  private boolean stopped;

  public SystemRingScheduler(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Subscription after(Duration delay, Runnable task) {
    var cancelled = new AtomicBoolean();
    Runnable run = () -> Thread.startVirtualThread(() -> run(task, cancelled));
    try {
      var future = timer().schedule(run, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> {
        cancelled.set(true);
        future.cancel(false);
      };
    } catch (RejectedExecutionException e) {
      return () -> {};
    }
  }

  @Override
  public Subscription every(Duration period, Runnable task) {
    var cancelled = new AtomicBoolean();
    var running = new AtomicBoolean();
    Runnable tick =
        () -> {
          if (running.compareAndSet(false, true)) {
            Thread.startVirtualThread(() -> {
              try {
                run(task, cancelled);
              } finally {
                running.set(false);
              }
            });
          }
        };
    long nanos = Math.max(1_000_000, period.toNanos());
    try {
      var future = timer().scheduleAtFixedRate(tick, nanos, nanos, TimeUnit.NANOSECONDS);
      return () -> {
        cancelled.set(true);
        future.cancel(false);
      };
    } catch (RejectedExecutionException e) {
      return () -> {};
    }
  }

  private static void run(Runnable task, AtomicBoolean cancelled) {
    if (cancelled.get()) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a task of the ring failed", e);
    }
  }

  private synchronized ScheduledExecutorService timer() {
    if (stopped) {
      throw new RejectedExecutionException("stopped");
    }
    if (timer == null) {
      timer =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().daemon().name("ring-timer").factory());
    }
    return timer;
  }

  @Override
  public void start() {}

  @Override
  public synchronized void stop(Deadline deadline) {
    stopped = true;
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}
