package io.foursight.ring;

import io.foursight.model.Deadline;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// The store of a process alone, and of several parts of one process.
public final class MemoryRingStore implements RingStore {
  private final Map<RingName, WatchedState> rings = new ConcurrentHashMap<>();

  private WatchedState state(RingName ring) {
    return rings.computeIfAbsent(ring, name -> new WatchedState());
  }

  @Override
  public RingState read(RingName ring) {
    return state(ring).current();
  }

  @Override
  public RingState update(RingName ring, UnaryOperator<RingState> change) {
    return state(ring).update(change);
  }

  @Override
  public Subscription watch(RingName ring, Consumer<RingState> listener) {
    return state(ring).watch(listener);
  }

  @Override
  public boolean isSynced() {
    return true;
  }

  @Override
  public List<String> describe() {
    return List.of("store: in memory of this process");
  }

  @Override
  public void start() {}

  @Override
  public void stop(Deadline deadline) {}
}
