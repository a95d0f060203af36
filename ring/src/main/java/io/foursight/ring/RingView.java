package io.foursight.ring;

import java.util.function.Consumer;

/// One ring as this process sees it now. Safe from any thread.
public interface RingView {
  RingName name();

  /// The current snapshot; cheap. Take it once per request.
  Ring ring();

  /// Grows with every new snapshot.
  long version();

  /// Calls the listener with each new snapshot, one call at a time, until the subscription is
  /// closed. It must be quick.
  Subscription onChange(Consumer<Ring> listener);

  /// A ring that never changes.
  static RingView fixed(RingName name, Ring ring) {
    return new FixedRingView(name, ring);
  }
}
