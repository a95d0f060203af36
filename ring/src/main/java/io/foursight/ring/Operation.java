package io.foursight.ring;

import java.util.EnumSet;
import java.util.Set;

/// What a replication set is asked for; it decides which instances can do it, which others must
/// stand in, and how many may fail.
public enum Operation {
  /// New data: to ACTIVE instances that are not read-only; the next on the circle stands in for any
  /// other. A quorum (RF/2 + 1) must succeed.
  WRITE(EnumSet.of(InstanceState.ACTIVE), false),
  /// Recent data: from ACTIVE and LEAVING instances. Covers whoever may hold a write: at most
  /// quorum - 1 of them may be missing.
  READ(EnumSet.of(InstanceState.ACTIVE, InstanceState.LEAVING), false),
  /// Who works on or answers for something that lies in object storage: ACTIVE and healthy ones;
  /// the next stands in for any other. One success is enough.
  OWN(EnumSet.of(InstanceState.ACTIVE), true),
  /// Who must have it loaded: those of [#OWN] now and those that will be when all here become
  /// ACTIVE or go.
  SYNC(EnumSet.of(InstanceState.JOINING, InstanceState.ACTIVE, InstanceState.LEAVING), true),
  /// Everybody, in any state, for pages and counts.
  REPORT(EnumSet.complementOf(EnumSet.of(InstanceState.LEFT)), false);

  private final Set<InstanceState> able;
  private final boolean replacesUnhealthy;

  Operation(Set<InstanceState> able, boolean replacesUnhealthy) {
    this.able = able;
    this.replacesUnhealthy = replacesUnhealthy;
  }

  /// Whether an instance in this state can do it, if it is healthy.
  boolean isAble(InstanceDescriptor instance) {
    return able.contains(instance.state()) && !(this == WRITE && instance.readOnly());
  }

  /// Whether one more instance is taken because of this one.
  boolean isReplaced(InstanceDescriptor instance, boolean healthy) {
    if (this == REPORT) {
      return false;
    }
    return instance.state() != InstanceState.ACTIVE
        || ((this == WRITE || this == READ) && instance.readOnly())
        || (replacesUnhealthy && !healthy);
  }
}
