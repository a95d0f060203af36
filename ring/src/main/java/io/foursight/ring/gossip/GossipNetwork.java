package io.foursight.ring.gossip;

import io.foursight.runtime.Service;
import java.util.List;

/// Carries messages between members. Best effort: a message may be lost, late, twice or out of
/// order; it is never altered.
public interface GossipNetwork extends Service {
  /// What arrives. Called from the network's threads, possibly several at once.
  interface Receiver {
    void message(String from, byte[] bytes);

    /// Who else is there has changed.
    void membersChanged();
  }

  /// Before start.
  void receiver(Receiver receiver);

  /// The others that seem alive, without this process.
  List<String> members();

  /// Whether the first attempt to find others is over.
  boolean hasLooked();

  /// Does not wait for delivery. Nothing happens when the member is gone.
  void send(String member, byte[] bytes);

  /// For `/memberlist`, lines of `name: value`.
  List<String> describe();
}
