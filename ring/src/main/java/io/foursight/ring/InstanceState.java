package io.foursight.ring;

/// Where an instance is in its life.
///
/// ```
/// PENDING -> JOINING -> ACTIVE -> LEAVING -> LEFT
///    |          |         |                    ^
///    +----------+---------+--- unregister -----+
/// ```
///
/// A restarted process starts a new life (a greater incarnation) in PENDING or JOINING, whatever
/// the state of the old one. Unhealthy is no state: it is the age of the heartbeat, as each viewer
/// sees it.
public enum InstanceState {
  /// Registered without tokens, or not yet sure of them.
  PENDING,
  /// Holds its tokens, but is still reading what it had (log replay, block lists).
  JOINING,
  ACTIVE,
  /// Serves reads while it hands over; takes no writes.
  LEAVING,
  /// Gone for good: a tombstone that keeps older news from bringing it back.
  LEFT;

  /// Whether one life may go from this state to the next in one step.
  public boolean mayBecome(InstanceState next) {
    return switch (this) {
      case PENDING -> next == JOINING || next == LEFT;
      case JOINING -> next == ACTIVE || next == LEAVING || next == LEFT;
      case ACTIVE -> next == LEAVING || next == LEFT;
      case LEAVING -> next == LEFT;
      case LEFT -> false;
    };
  }
}
