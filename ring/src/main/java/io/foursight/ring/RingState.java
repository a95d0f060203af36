package io.foursight.ring;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything that is known of one ring, tombstones included. Merging is commutative, associative
/// and idempotent, so that copies that exchange what they have become equal in any order.
/// Immutable.
public final class RingState {
  public static final RingState EMPTY = new RingState(new TreeMap<>());

  private final SortedMap<String, InstanceDescriptor> byId;

  private RingState(SortedMap<String, InstanceDescriptor> byId) {
    this.byId = byId;
  }

  public static RingState of(Collection<InstanceDescriptor> instances) {
    var byId = new TreeMap<String, InstanceDescriptor>();
    instances.forEach(i -> byId.merge(i.id(), i, RingState::newer));
    return new RingState(byId);
  }

  private static InstanceDescriptor newer(InstanceDescriptor a, InstanceDescriptor b) {
    return b.supersedes(a) ? b : a;
  }

  public Optional<InstanceDescriptor> instance(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// By id, tombstones included.
  public List<InstanceDescriptor> instances() {
    return List.copyOf(byId.values());
  }

  /// By id, without tombstones.
  public List<InstanceDescriptor> present() {
    return byId.values().stream().filter(i -> !i.isLeft()).toList();
  }

  public boolean isEmpty() {
    return byId.isEmpty();
  }

  /// This and the news of the other.
  public RingState merge(RingState other) {
    RingState news = other.newsFor(this);
    if (news.isEmpty()) {
      return this;
    }
    var merged = new TreeMap<>(byId);
    merged.putAll(news.byId);
    return new RingState(merged);
  }

  /// What here supersedes what `other` has, or is unknown there.
  public RingState newsFor(RingState other) {
    var news = new TreeMap<String, InstanceDescriptor>();
    byId.forEach((id, mine) -> {
      InstanceDescriptor theirs = other.byId.get(id);
      if (theirs == null || mine.supersedes(theirs)) {
        news.put(id, mine);
      }
    });
    return new RingState(news);
  }

  /// Puts a descriptor whatever is there; for its owner, who gave it [#nextVersion].
  public RingState with(InstanceDescriptor instance) {
    var next = new TreeMap<>(byId);
    next.put(instance.id(), instance);
    return new RingState(next);
  }

  /// Without tombstones that are `retentionMillis` older than the newest version. Versions, not
  /// clocks, so that all copies agree on what is old.
  public RingState withoutOldTombstones(long retentionMillis) {
    long oldest = maxVersion() - retentionMillis;
    if (byId.values().stream().noneMatch(i -> i.isLeft() && i.version() < oldest)) {
      return this;
    }
    var kept = new TreeMap<>(byId);
    kept.values().removeIf(i -> i.isLeft() && i.version() < oldest);
    return new RingState(kept);
  }

  /// The greatest version in here; 0 when empty.
  public long maxVersion() {
    return byId.values().stream().mapToLong(InstanceDescriptor::version).max().orElse(0);
  }

  /// The version of the next change: the clock, unless the ring has seen a greater one.
  public long nextVersion(long nowMillis) {
    return Math.max(nowMillis, maxVersion() + 1);
  }

  /// With the tombstone of an instance that others give up.
  public RingState forget(String id, long nowMillis) {
    return instance(id)
        .filter(i -> !i.isLeft())
        .map(i -> with(i.left().withVersion(nextVersion(nowMillis))))
        .orElse(this);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RingState state && byId.equals(state.byId);
  }

  @Override
  public int hashCode() {
    return byId.hashCode();
  }

  @Override
  public String toString() {
    return byId.values().toString();
  }
}
