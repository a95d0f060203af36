package io.foursight.runtime;

import java.util.Set;
import java.util.function.Supplier;

/// One component of the program as the module graph sees it: its name (also the word for
/// `-target`), the modules that must run before it, and how it is built. The factory is called
/// once, after the factories of everything it needs, and only when a target asks for the module; it
/// registers routes and meters, but does no I/O and starts no thread.
public record Module(String name, Set<String> needs, Supplier<? extends Service> factory) {
  public Module {
    needs = Set.copyOf(needs);
  }
}
