package io.foursight.storage.block;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// A near cache in front of a far one. What is found far is kept near.
final class TieredCache implements Cache {
  private final Cache near;
  private final Cache far;

  TieredCache(Cache near, Cache far) {
    this.near = near;
    this.far = far;
  }

  @Override
  public Map<String, byte[]> get(Collection<String> keys) {
    Map<String, byte[]> found = new HashMap<>(near.get(keys));
    if (found.size() < keys.size()) {
      var missing = new ArrayList<>(keys);
      missing.removeAll(found.keySet());
      far.get(missing)
          .forEach((key, bytes) -> {
            near.put(key, bytes);
            found.put(key, bytes);
          });
    }
    return found;
  }

  @Override
  public void put(String key, byte[] bytes) {
    near.put(key, bytes);
    far.put(key, bytes);
  }

  @Override
  public void close() {
    near.close();
    far.close();
  }
}
