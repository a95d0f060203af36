package io.foursight.ring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// The state of one ring in memory, and who wants to know. Listeners are called outside of the lock
/// of the state, one at a time, in an order that ends with the latest state. Safe from any thread.
public final class WatchedState {
  private final List<Consumer<RingState>> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock calling = new ReentrantLock();
  private volatile RingState current = RingState.EMPTY;
  private volatile RingState told = RingState.EMPTY;

  public RingState current() {
    return current;
  }

  /// @return the state after the change
  public RingState update(UnaryOperator<RingState> change) {
    RingState next;
    synchronized (this) {
      next = change.apply(current);
      current = next;
    }
    tell();
    return next;
  }

  public Subscription watch(Consumer<RingState> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /// Never waits: whoever is calling listeners goes on until there is nothing left to tell. A
  /// listener that changes the state is told by the outer call, after it has returned.
  private void tell() {
    while (told != current && !calling.isHeldByCurrentThread() && calling.tryLock()) {
      try {
        while (told != current) {
          told = current;
          for (Consumer<RingState> listener : listeners) {
            listener.accept(told);
          }
        }
      } finally {
        calling.unlock();
      }
    }
  }
}
