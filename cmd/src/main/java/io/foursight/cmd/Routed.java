package io.foursight.cmd;

import io.foursight.model.Deadline;
import io.foursight.runtime.Service;

/// A component that only answers calls: it has no life of its own.
final class Routed implements Service {
  @Override
  public void start() {}

  @Override
  public void stop(Deadline deadline) {}
}
