package io.foursight.ring;

import io.foursight.model.Deadline;
import io.foursight.runtime.Service;

/// A component inside its place in the ring: registered before it starts, ACTIVE when it runs,
/// LEAVING before it stops (so that it flushes while nobody sends it more), gone after.
public final class RingMember implements Service {
  private final Lifecycler lifecycler;
  private final Service component;

  public RingMember(Lifecycler lifecycler, Service component) {
    this.lifecycler = lifecycler;
    this.component = component;
  }

  @Override
  public void start() {
    lifecycler.start();
    try {
      component.start();
    } catch (RuntimeException | Error e) {
      lifecycler.stop(Deadline.NONE);
      throw e;
    }
    lifecycler.activate();
  }

  @Override
  public void stop(Deadline deadline) {
    lifecycler.leave();
    try {
      component.stop(deadline);
    } finally {
      lifecycler.stop(deadline);
    }
  }
}
