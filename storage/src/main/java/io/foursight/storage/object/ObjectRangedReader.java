package io.foursight.storage.object;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;

/// An object, one ranged get a read, without a cache (see `storage.block` for one with).
public final class ObjectRangedReader implements RangedReader {
  private final ObjectStore store;
  private final String key;
  private final long size;

  /// @param size the object's length, as its block's `meta.json` says
  public ObjectRangedReader(ObjectStore store, String key, long size) {
    this.store = store;
    this.key = key;
    this.size = size;
  }

  @Override
  public String name() {
    return key;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public byte[] read(long offset, int length) {
    RangedReaders.checkRange(this, offset, length);
    if (length == 0) {
      return new byte[0];
    }
    byte[] bytes =
        store
            .get(key, offset, length)
            .orElseThrow(() ->
                new FoursightException(
                    ErrorKind.NOT_FOUND, "object \"" + key + "\" does not exist"));
    if (bytes.length != length) {
      throw FoursightException.corrupt(
          "object \""
              + key
              + "\" gave "
              + bytes.length
              + " of "
              + length
              + " bytes at offset "
              + offset
              + ", its size should be "
              + size);
    }
    return bytes;
  }
}
