package io.foursight.cmd;

import java.util.Optional;
import java.util.function.Supplier;

/// A part of the wiring that is built on first use, by the one thread that builds the graph.
final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> factory;
  private Optional<T> built = Optional.empty();

  Lazy(Supplier<T> factory) {
    this.factory = factory;
  }

  @Override
  public T get() {
    if (built.isEmpty()) {
      built = Optional.of(factory.get());
    }
    return built.get();
  }

  /// What was built, if it was.
  Optional<T> ifBuilt() {
    return built;
  }
}
