package io.foursight.storage.wal;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.nio.file.Path;

/// Tells a segment of a newer program from a damaged one.
final class WalVersions {
  private WalVersions() {}

  static void check(Path file, int version) {
    if (version > WalFormat.VERSION) {
      throw new FoursightException(
          ErrorKind.UNIMPLEMENTED,
          file
              + " has format version "
              + version
              + ", written by a newer program; this one reads up to "
              + WalFormat.VERSION);
    }
    if (version < 1) {
      throw FoursightException.corrupt(file + " has the impossible format version " + version);
    }
  }
}
