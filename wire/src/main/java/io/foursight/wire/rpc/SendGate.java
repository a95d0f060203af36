package io.foursight.wire.rpc;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Where a sending thread waits until its transport has room, and learns that the other side is
/// gone. Safe from any thread.
final class SendGate {
  private static final long GLANCE_MILLIS = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Runnable> actions = new ArrayList<>();
  private boolean canceled;

  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void cancel() {
    List<Runnable> now;
    lock.lock();
    try {
      if (canceled) {
        return;
      }
      canceled = true;
      now = List.copyOf(actions);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    now.forEach(Runnable::run);
  }

  boolean isCanceled() {
    lock.lock();
    try {
      return canceled;
    } finally {
      lock.unlock();
    }
  }

  void onCancel(Runnable action) {
    lock.lock();
    try {
      if (!canceled) {
        actions.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }

  /// @throws FoursightException `CANCELED` when the other side is gone
  void await(BooleanSupplier ready) {
    lock.lock();
    try {
      while (!canceled && !ready.getAsBoolean()) {
        // The glance covers a wake-up that came between the question and the wait.
        boolean unused = changed.await(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
      }
      if (canceled) {
        throw new FoursightException(ErrorKind.CANCELED, "the caller is gone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FoursightException(ErrorKind.CANCELED, "interrupted while sending", e);
    } finally {
      lock.unlock();
    }
  }
}
