package io.foursight.runtime.server;

import java.util.ArrayList;
import java.util.List;

/// Runs actions once when the client goes away; late ones at once.
final class Cancellation {
  private final List<Runnable> actions = new ArrayList<>();
  private boolean canceled;

  void onCancel(Runnable action) {
    synchronized (this) {
      if (!canceled) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  void cancel() {
    List<Runnable> now;
    synchronized (this) {
      if (canceled) {
        return;
      }
      canceled = true;
      now = List.copyOf(actions);
    }
    now.forEach(Runnable::run);
  }

  synchronized boolean isCanceled() {
    return canceled;
  }
}
