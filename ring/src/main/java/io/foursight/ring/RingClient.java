package io.foursight.ring;

import io.foursight.model.Deadline;
import io.foursight.runtime.Service;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Watches one ring in a store and makes snapshots of it. Health is judged by when this viewer saw
/// an instance's version change, on its own monotonic clock, so that clocks that differ hurt
/// nobody; only at the first sight the age of the heartbeat is taken from the wall clocks.
public final class RingClient implements RingView, Service {
  private record Sighting(long version, long nanoTime) {}

  private final RingName name;
  private final RingStore store;
  private final RingRules rules;
  private final Duration heartbeatTimeout;
  private final RingScheduler scheduler;
  private final List<Consumer<Ring>> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Sighting> seen = new HashMap<>();
  private RingState state = RingState.EMPTY;
  private Subscription watch = () -> {};
  private Subscription checks = () -> {};
  private volatile Ring ring;
  private volatile long version;

  public RingClient(
      RingName name,
      RingStore store,
      RingRules rules,
      Duration heartbeatTimeout,
      RingScheduler scheduler) {
    this.name = name;
    this.store = store;
    this.rules = rules;
    this.heartbeatTimeout = heartbeatTimeout;
    this.scheduler = scheduler;
    this.ring = Ring.of(List.of(), Set.of(), rules);
  }

  @Override
  public RingName name() {
    return name;
  }

  @Override
  public Ring ring() {
    return ring;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public Subscription onChange(Consumer<Ring> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public void start() {
    watch = store.watch(name, this::changed);
    changed(store.read(name));
    Duration step = heartbeatTimeout.dividedBy(8);
    Duration second = Duration.ofSeconds(1);
    checks = scheduler.every(step.compareTo(second) < 0 ? step : second, this::check);
  }

  @Override
  public void stop(Deadline deadline) {
    watch.close();
    checks.close();
  }

  @Override
  public synchronized Duration silence(String id) {
    Sighting last = seen.get(id);
    return last == null
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, scheduler.nanoTime() - last.nanoTime()));
  }

  @Override
  public RingState state() {
    return store.read(name);
  }

  /// Gives an instance up, as the button of the ring's page does; a living one comes back.
  ///
  /// @return whether it was there
  public boolean forget(String id) {
    boolean there = state().instance(id).filter(i -> !i.isLeft()).isPresent();
    store.update(name, s -> s.forget(id, scheduler.now().toEpochMilli()));
    return there;
  }

  private synchronized void changed(RingState next) {
    state = next;
    for (InstanceDescriptor instance : next.instances()) {
      Sighting last = seen.get(instance.id());
      if (last == null) {
        long age = scheduler.now().toEpochMilli() - instance.heartbeat().toEpochMilli();
        long known = Math.clamp(age, 0, Duration.ofDays(365).toMillis());
        long nanos = scheduler.nanoTime() - Duration.ofMillis(known).toNanos();
        seen.put(instance.id(), new Sighting(instance.version(), nanos));
      } else if (last.version() != instance.version()) {
        seen.put(instance.id(), new Sighting(instance.version(), scheduler.nanoTime()));
      }
    }
    seen.keySet().removeIf(id -> next.instance(id).isEmpty());
    snapshot(true);
  }

  private synchronized void check() {
    snapshot(false);
  }

  private void snapshot(boolean stateChanged) {
    Set<String> unhealthy = new HashSet<>();
    List<InstanceDescriptor> present = state.present();
    for (InstanceDescriptor instance : present) {
      if (silence(instance.id()).compareTo(heartbeatTimeout) > 0) {
        unhealthy.add(instance.id());
      }
    }
    if (!stateChanged && unhealthy.equals(ring.unhealthy())) {
      return;
    }
    if (sameButHeartbeats(present) && unhealthy.equals(ring.unhealthy())) {
      return;
    }
    ring = Ring.of(present, unhealthy, rules);
    version++;
    listeners.forEach(l -> l.accept(ring));
  }

  /// A heartbeat alone makes no new snapshot: replica sets and shards stay known.
  private boolean sameButHeartbeats(List<InstanceDescriptor> present) {
    List<InstanceDescriptor> before = ring.instances();
    if (before.size() != present.size()) {
      return false;
    }
    for (int i = 0; i < present.size(); i++) {
      InstanceDescriptor a = before.get(i);
      InstanceDescriptor b = present.get(i);
      if (!a.equals(b) && !a.equals(b.withVersion(a.version()).withHeartbeat(a.heartbeat()))) {
        return false;
      }
    }
    return true;
  }
}
