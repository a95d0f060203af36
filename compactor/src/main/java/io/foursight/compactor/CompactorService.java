package io.foursight.compactor;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.Service;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the compactors of all signals, one after the other, on a thread of its own.
public final class CompactorService implements Service {
  private static final Logger log = LoggerFactory.getLogger(CompactorService.class);

  private final List<Compactor> compactors;
  private final Duration interval;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread loop;
  private boolean started;

  public CompactorService(List<Compactor> compactors, Duration interval) {
    this.compactors = List.copyOf(compactors);
    this.interval = interval;
    this.loop = Thread.ofPlatform().daemon().name("compactor").unstarted(this::run);
  }

  @Override
  public synchronized void start() {
    compactors.forEach(Compactor::clearScratch);
    loop.start();
    started = true;
  }

  private void run() {
    try {
      while (!stopped.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        for (Compactor compactor : compactors) {
          round(compactor);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void round(Compactor compactor) {
    try {
      compactor.runOnce();
    } catch (RuntimeException e) {
      log.error("round of the compactor failed error={}", e.toString(), e);
    }
  }

  @Override
  public synchronized void stop(Deadline deadline) {
    compactors.forEach(Compactor::stop);
    stopped.countDown();
    if (!started) {
      return;
    }
    try {
      if (!loop.join(deadline.remaining())) {
        throw new FoursightException(
            ErrorKind.TIMEOUT, "compactor: a merge did not end before the deadline");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
