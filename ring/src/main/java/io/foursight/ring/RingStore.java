package io.foursight.ring;

import io.foursight.runtime.Service;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Carries the states of all rings between processes and merges them. Safe from any thread. A store
/// that cannot reach the others goes on with what it knows.
public interface RingStore extends Service {
  /// What is known now; never blocks.
  RingState read(RingName ring);

  /// Changes a ring. The function gets the latest state and returns the wanted one; it may be
  /// called several times (a conditional write that lost a race is tried again) and must not block.
  /// An unchanged result writes nothing.
  ///
  /// @return the state after the change
  /// @throws io.foursight.model.FoursightException `UNAVAILABLE` when the store is outside of this
  ///   process and does not answer
  RingState update(RingName ring, UnaryOperator<RingState> change);

  /// Calls the listener after every change, also one's own, with the then current state; one call
  /// at a time, possibly fewer calls than changes. It must be quick.
  Subscription watch(RingName ring, Consumer<RingState> listener);

  /// Whether the first exchange with others is over (or there is nobody to ask): before that a
  /// missing instance may only be unknown.
  boolean isSynced();

  /// Tells everybody what this process has said so far, now rather than soon. Never blocks.
  ///
  /// @return complete with true when all that can be reached have it; with false when somebody did
  ///   not answer in time
  default CompletableFuture<Boolean> spread() {
    return CompletableFuture.completedFuture(true);
  }

  /// For `/memberlist`: who takes part and how it goes, in lines of `name: value`.
  default List<String> describe() {
    return List.of();
  }
}
