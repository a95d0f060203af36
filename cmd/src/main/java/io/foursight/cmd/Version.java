package io.foursight.cmd;

import java.util.Optional;

/// The program's version, from the jar's manifest.
final class Version {
  private Version() {}

  static String text() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
