package io.foursight.ring;

import java.time.Duration;
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

  /// Everything known of the ring, tombstones included.
  default RingState state() {
    return RingState.of(ring().instances());
  }

  /// How long this process has not heard of an instance; zero when it does not know it.
  default Duration silence(String id) {
    return Duration.ZERO;
  }

  /// A ring that never changes.
  static RingView fixed(RingName name, Ring ring) {
    return new FixedRingView(name, ring);
  }
}
