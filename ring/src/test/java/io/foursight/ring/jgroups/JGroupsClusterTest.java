package io.foursight.ring.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceSettings;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Lifecycler;
import io.foursight.ring.LifecyclerMetrics;
import io.foursight.ring.Ring;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.SystemRingScheduler;
import io.foursight.ring.config.MemberlistConfig;
import io.foursight.ring.gossip.GossipMetrics;
import io.foursight.ring.gossip.GossipStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jgroups.protocols.DISCARD;
import org.jgroups.protocols.TP;
import org.jgroups.stack.ProtocolStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Real channels on the loopback interface: what the simulation proves of the logic holds over
/// JGroups, and its views do what we count on.
class JGroupsClusterTest {
  private final List<Node> nodes = new ArrayList<>();

  @AfterEach
  void stopAll() {
    nodes.forEach(Node::close);
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Node node(String id, int port, String label, List<Integer> join) {
    var node = new Node(id, port, label, join);
    nodes.add(node);
    return node;
  }

  private List<Node> five() {
    List<Integer> ports = IntStream.range(0, 5).mapToObj(i -> freePort()).toList();
    List<Node> all =
        IntStream.range(0, 5)
            .mapToObj(i -> node("ingester-" + i, ports.get(i), "", ports.subList(0, 3)))
            .toList();
    all.forEach(Node::start);
    return all;
  }

  private static void awaitRing(List<Node> viewers, Set<String> ids) {
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(() -> {
          for (Node node : viewers) {
            assertThat(node.healthyActive()).as("seen by " + node.id).isEqualTo(ids);
          }
        });
  }

  private static Set<String> ids(List<Node> nodes) {
    return nodes.stream().map(n -> n.id).collect(Collectors.toSet());
  }

  @Test
  void fiveProcesses_findEachOther_andNoticeALeaverAndACrash() {
    List<Node> all = five();
    awaitRing(all, ids(all));
    Ring ring = all.getLast().client.ring();
    assertThat(ring.ownership().values().stream().mapToDouble(d -> d).sum())
        .isBetween(0.999, 1.001);

    Node leaver = all.get(4);
    leaver.close();
    List<Node> four = all.subList(0, 4);
    awaitRing(four, ids(four));
    assertThat(four.getFirst().client.ring().instance(leaver.id)).isEmpty();

    // The first one is JGroups' coordinator: the hard one to lose.
    all.get(0).crash();
    List<Node> three = all.subList(1, 4);
    awaitRing(three, ids(three));
    assertThat(three.getFirst().client.ring().instance("ingester-0"))
        .get()
        .extracting(InstanceDescriptor::state)
        .isEqualTo(InstanceState.ACTIVE);
  }

  @Test
  void aPartition_splitsTheView_andHealsIntoOneRing() {
    List<Node> all = five();
    awaitRing(all, ids(all));
    List<Node> left = all.subList(0, 2);
    List<Node> right = all.subList(2, 5);
    left.forEach(l -> l.ignore(right));
    right.forEach(r -> r.ignore(left));
    awaitRing(left, ids(left));
    awaitRing(right, ids(right));

    all.forEach(Node::hearAll);
    awaitRing(all, ids(all));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(all)
                .allSatisfy(n -> assertThat(n.network.members()).hasSize(all.size() - 1)));
  }

  @Test
  void membersWithAnotherLabel_neverShareARing() {
    int first = freePort();
    int second = freePort();
    Node red = node("red", first, "red", List.of(first, second));
    Node blue = node("blue", second, "blue", List.of(first, second));
    red.start();
    blue.start();
    awaitRing(List.of(red), Set.of("red"));
    awaitRing(List.of(blue), Set.of("blue"));
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(6))
        .until(() ->
            red.client.ring().instances().size() == 1
                && blue.client.ring().instances().size() == 1
                && red.network.members().isEmpty());
  }

  @Test
  void unreachableJoinMembers_doNotStopTheStart() {
    long begin = System.nanoTime();
    Node alone = node("alone", freePort(), "", List.of(freePort()));
    alone.start();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    awaitRing(List.of(alone), Set.of("alone"));
  }

  @Test
  void aMemberThatComesLater_isFoundWithoutBeingNamed() {
    int first = freePort();
    int second = freePort();
    Node early = node("early", first, "", List.of(first));
    early.start();
    Node late = node("late", second, "", List.of(first));
    late.start();
    awaitRing(List.of(early, late), Set.of("early", "late"));
  }

  @Test
  void aTakenPort_isNamedWithTheFlagThatMovesIt() throws IOException {
    try (var taken = new ServerSocket(0)) {
      Node node = node("n", taken.getLocalPort(), "", List.of());
      assertThatThrownBy(node::start)
          .isInstanceOf(FoursightException.class)
          .hasMessageContaining(String.valueOf(taken.getLocalPort()))
          .hasMessageContaining("-memberlist.bind-port");
    }
  }

  /// One process.
  private static final class Node {
    private static final Duration HEARTBEAT = Duration.ofMillis(500);
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    final String id;
    final JGroupsNetwork network;
    final RingClient client;
    private final SystemRingScheduler scheduler = new SystemRingScheduler(Clock.systemUTC());
    private final GossipStore store;
    private final Lifecycler lifecycler;
    private boolean closed;

    Node(String id, int port, String label, List<Integer> join) {
      this.id = id;
      MemberlistConfig d = MemberlistConfig.defaults();
      var config =
          new MemberlistConfig(
              id,
              "127.0.0.1",
              port,
              "",
              0,
              join.stream().map(p -> "127.0.0.1:" + p).toList(),
              d.minJoinBackoff(),
              d.maxJoinBackoff(),
              d.rejoinInterval(),
              label,
              Duration.ofMillis(100),
              3,
              Duration.ofSeconds(2),
              4,
              d.leftIngestersTimeout(),
              Duration.ofSeconds(1),
              d.maxMessageBytes());
      var random = new SplittableRandom(port);
      var registry = new SimpleMeterRegistry();
      network = new JGroupsNetwork(config, scheduler);
      store = new GossipStore(config, network, scheduler, random, new GossipMetrics(registry));
      client =
          new RingClient(RingName.INGESTER, store, new RingRules(3, false), TIMEOUT, scheduler);
      lifecycler =
          new Lifecycler(
              new InstanceSettings(
                  RingName.INGESTER,
                  id,
                  "127.0.0.1:" + port,
                  "",
                  "test",
                  64,
                  Optional.empty(),
                  HEARTBEAT,
                  TIMEOUT,
                  Duration.ZERO,
                  true,
                  Duration.ZERO,
                  Duration.ZERO),
              store,
              client,
              scheduler,
              random,
              new LifecyclerMetrics(registry, RingName.INGESTER));
    }

    void start() {
      store.start();
      client.start();
      lifecycler.start();
      lifecycler.activate();
    }

    Set<String> healthyActive() {
      Ring ring = client.ring();
      return ring.instances().stream()
          .filter(i -> i.state() == InstanceState.ACTIVE && ring.isHealthy(i))
          .map(InstanceDescriptor::id)
          .collect(Collectors.toSet());
    }

    void ignore(List<Node> others) {
      var discard = new DISCARD();
      others.forEach(o -> discard.addIgnoreMember(o.network.channel().getAddress()));
      try {
        network
            .channel()
            .getProtocolStack()
            .insertProtocol(discard, ProtocolStack.Position.ABOVE, TP.class);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    void hearAll() {
      network.channel().getProtocolStack().removeProtocol(DISCARD.class);
    }

    /// Sockets die and timers stop, nobody is told.
    void crash() {
      closed = true;
      scheduler.stop(Deadline.NONE);
      network.channel().getProtocolStack().getTransport().stop();
      network.channel().getProtocolStack().getTransport().destroy();
    }

    void close() {
      if (!closed) {
        closed = true;
        Deadline soon = Deadline.after(Duration.ofSeconds(5));
        lifecycler.stop(soon);
        client.stop(soon);
        store.stop(soon);
        scheduler.stop(soon);
      }
    }
  }
}
