package io.foursight.ring;

class MemoryRingStoreTest extends RingStoreContract {
  private final MemoryRingStore store = new MemoryRingStore();

  @Override
  protected RingStore newStore() {
    return store;
  }
}
