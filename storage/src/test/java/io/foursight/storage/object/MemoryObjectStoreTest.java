package io.foursight.storage.object;

class MemoryObjectStoreTest extends ObjectStoreContract {
  @Override
  ObjectStore open() {
    return new MemoryObjectStore();
  }
}
