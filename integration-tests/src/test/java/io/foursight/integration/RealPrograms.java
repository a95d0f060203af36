package io.foursight.integration;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Real programs of the ecosystem that tests talk to, found on the PATH or named by a system
/// property `program.<name>`; a test that needs an absent one is skipped with the name in its
/// message.
final class RealPrograms {
  private RealPrograms() {}

  static Optional<Path> find(String name) {
    String named = System.getProperty("program." + name, "");
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named));
    }
    for (String directory : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory, name);
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
