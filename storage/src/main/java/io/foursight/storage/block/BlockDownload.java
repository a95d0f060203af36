package io.foursight.storage.block;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.object.ObjectRangedReader;
import io.foursight.storage.object.ObjectStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Copies an object to a local file in parts, so that the heap holds one part only.
final class BlockDownload {
  private static final int PART = 8 << 20;

  private BlockDownload() {}

  static void file(ObjectStore store, String key, long size, Path directory, String name) {
    Path target = directory.resolve(name);
    var reader = new ObjectRangedReader(store, key, size);
    try {
      Files.createDirectories(target.getParent());
      try (OutputStream out = Files.newOutputStream(target)) {
        for (long at = 0; at < size; at += PART) {
          out.write(reader.read(at, (int) Math.min(PART, size - at)));
        }
      }
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE, "cannot write " + target + ": " + e.getMessage(), e);
    }
  }
}
