package io.foursight.storage.block;

import java.util.Collection;
import java.util.Map;

/// A bounded cache of bytes that never change under their key, such as a page of an immutable
/// object. Always safe to drop; keys carry tenant and block id, so nothing is ever invalidated.
/// Safe from any thread. Never throws: a cache that is down has no entries.
public interface Cache extends AutoCloseable {
  /// The entries that are there. **The arrays are shared: never write them.**
  Map<String, byte[]> get(Collection<String> keys);

  /// @param bytes never written afterwards
  void put(String key, byte[] bytes);

  @Override
  default void close() {}
}
