package io.foursight.storage.object;

import io.foursight.model.FoursightException;
import java.util.Arrays;
import java.util.Objects;

/// Ranged readers over bytes, and the checks that all of them share.
public final class RangedReaders {
  private RangedReaders() {}

  /// Over bytes in memory; the array is not copied.
  public static RangedReader of(String name, byte[] bytes) {
    Objects.requireNonNull(bytes);
    return new RangedReader() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public byte[] read(long offset, int length) {
        checkRange(this, offset, length);
        return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
      }
    };
  }

  static void checkRange(RangedReader reader, long offset, int length) {
    if (offset < 0 || length < 0 || offset > reader.size() - length) {
      throw FoursightException.corrupt(
          "range at "
              + offset
              + " of "
              + length
              + " bytes lies outside of "
              + reader.name()
              + " with "
              + reader.size()
              + " bytes");
    }
  }
}
