package io.foursight.storage.object;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefixedObjectStoreTest extends ObjectStoreContract {
  private final MemoryObjectStore below = new MemoryObjectStore();

  @Override
  ObjectStore open() {
    below.put("elsewhere", new byte[1]);
    return new PrefixedObjectStore(below, "place/of/mine");
  }

  @Test
  void keys_lieUnderThePrefix() {
    new PrefixedObjectStore(below, "p/").put("k", new byte[2]);
    assertThat(below.get("p/k")).isPresent();
  }
}
