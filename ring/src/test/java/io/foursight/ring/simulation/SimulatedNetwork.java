package io.foursight.ring.simulation;

import io.foursight.model.Deadline;
import io.foursight.ring.gossip.GossipNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Delays, drops, doubles and reorders messages, and cuts the world in two. Members are all ports
/// that were ever opened and not closed in order, reachable or not.
final class SimulatedNetwork {
  private final SimulatedTime time;
  private final SplittableRandom random;
  private final Map<String, Port> ports = new TreeMap<>();
  private final Map<String, Integer> sides = new TreeMap<>();
  double loss;
  long maxDelayNanos = 50_000_000;
  long messages;

  SimulatedNetwork(SimulatedTime time, SplittableRandom random) {
    this.time = time;
    this.random = random;
  }

  /// Members of different sides don't hear each other; unnamed ones are on side 0.
  void cut(Map<String, Integer> sidesByMember) {
    sides.clear();
    sides.putAll(sidesByMember);
  }

  void heal() {
    sides.clear();
    loss = 0;
  }

  int size() {
    return ports.size();
  }

  private int side(String member) {
    return sides.getOrDefault(member, 0);
  }

  /// One process's end.
  final class Port implements GossipNetwork {
    private final String name;
    private Receiver receiver;
    private boolean open;

    Port(String name) {
      this.name = name;
    }

    /// As a crash does: nothing arrives any more, nobody is told.
    void crash() {
      open = false;
      ports.remove(name, this);
    }

    @Override
    public void receiver(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void start() {
      open = true;
      ports.put(name, this);
      tellOthers();
    }

    @Override
    public void stop(Deadline deadline) {
      open = false;
      ports.remove(name, this);
      tellOthers();
    }

    private void tellOthers() {
      for (Port other : List.copyOf(ports.values())) {
        if (other != this) {
          time.at(
              time.nanos() + random.nextLong(maxDelayNanos),
              () -> {
                if (other.open) {
                  other.receiver.membersChanged();
                }
              });
        }
      }
    }

    @Override
    public List<String> members() {
      List<String> others = new ArrayList<>(ports.keySet());
      others.remove(name);
      return others;
    }

    @Override
    public boolean hasLooked() {
      return true;
    }

    @Override
    public void send(String member, byte[] bytes) {
      int copies = random.nextInt(50) == 0 ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        if (random.nextDouble() < loss) {
          continue;
        }
        time.at(
            time.nanos() + random.nextLong(maxDelayNanos),
            () -> {
              Port to = ports.get(member);
              if (to != null && to.open && side(name) == side(member)) {
                messages++;
                to.receiver.message(name, bytes);
              }
            });
      }
    }

    @Override
    public List<String> describe() {
      return List.of("node: " + name);
    }
  }
}
