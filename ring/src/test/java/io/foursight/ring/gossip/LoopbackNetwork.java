package io.foursight.ring.gossip;

import io.foursight.model.Deadline;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Members of one JVM that hear each other at once, on threads of their own.
final class LoopbackNetwork {
  private final Map<String, End> ends = new ConcurrentHashMap<>();

  End end(String name) {
    return new End(name);
  }

  final class End implements GossipNetwork {
    private final String name;
    private Receiver receiver;

    private End(String name) {
      this.name = name;
    }

    @Override
    public void receiver(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void start() {
      ends.put(name, this);
      ends.values().forEach(e -> Thread.startVirtualThread(e.receiver::membersChanged));
    }

    @Override
    public void stop(Deadline deadline) {
      ends.remove(name);
    }

    @Override
    public List<String> members() {
      return ends.keySet().stream().filter(n -> !n.equals(name)).toList();
    }

    @Override
    public boolean hasLooked() {
      return true;
    }

    @Override
    public void send(String member, byte[] bytes) {
      End to = ends.get(member);
      if (to != null) {
        Thread.startVirtualThread(() -> to.receiver.message(name, bytes));
      }
    }

    @Override
    public List<String> describe() {
      return List.of("node: " + name);
    }
  }
}
