package io.foursight.runtime;

import io.foursight.model.Deadline;

/// Something with a life: built without I/O and threads, then started, then stopped. Called by one
/// thread (the module graph).
public interface Service {
  /// NEW -> STARTING -> RUNNING -> STOPPING -> TERMINATED; FAILED from any of the middle three.
  enum State {
    NEW,
    STARTING,
    RUNNING,
    STOPPING,
    TERMINATED,
    FAILED
  }

  /// Returns when ready to work, or throws and has released everything.
  void start();

  /// Refuses new work, drains, flushes and releases. Safe twice and before start.
  void stop(Deadline deadline);
}
