package io.foursight.ring.simulation;

import io.foursight.model.Deadline;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceSettings;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Lifecycler;
import io.foursight.ring.LifecyclerMetrics;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingState;
import io.foursight.ring.RingStore;
import io.foursight.ring.Subscription;
import io.foursight.ring.config.MemberlistConfig;
import io.foursight.ring.gossip.GossipMetrics;
import io.foursight.ring.gossip.GossipStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// One process: store, view and lifecycler over the simulated world. Checks what its lifecycler
/// writes against the table of states.
final class SimulatedProcess {
  static final Duration HEARTBEAT = Duration.ofSeconds(1);
  static final Duration TIMEOUT = Duration.ofSeconds(5);
  static final int TOKENS = 8;

  final String id;
  final String address;
  final GossipStore store;
  final RingClient client;
  final Lifecycler lifecycler;
  private final SimulatedTime.Clock clock;
  private final SimulatedNetwork.Port port;

  SimulatedProcess(
      SimulatedTime time,
      SimulatedNetwork network,
      String id,
      String address,
      String zone,
      Duration skew,
      Duration autoForget,
      long seed) {
    this.id = id;
    this.address = address;
    clock = time.new Clock(skew);
    port = network.new Port(address);
    var registry = new SimpleMeterRegistry();
    store =
        new GossipStore(
            config(), port, clock, new SplittableRandom(seed), new GossipMetrics(registry));
    client =
        new RingClient(RingName.INGESTER, store, new RingRules(3, !zone.isEmpty()), TIMEOUT, clock);
    var settings =
        new InstanceSettings(
            RingName.INGESTER,
            id,
            address,
            zone,
            "test",
            TOKENS,
            Optional.empty(),
            HEARTBEAT,
            TIMEOUT,
            autoForget,
            true,
            Duration.ZERO,
            Duration.ZERO);
    // Few seeds, so that instances draw the same tokens and have to sort it out.
    lifecycler =
        new Lifecycler(
            settings,
            new Checked(store),
            client,
            clock,
            new SplittableRandom(seed % 3),
            new LifecyclerMetrics(registry, RingName.INGESTER));
  }

  private static MemberlistConfig config() {
    MemberlistConfig d = MemberlistConfig.defaults();
    return new MemberlistConfig(
        "",
        "",
        7946,
        "",
        0,
        List.of(),
        d.minJoinBackoff(),
        d.maxJoinBackoff(),
        d.rejoinInterval(),
        "sim",
        Duration.ofMillis(200),
        2,
        Duration.ofSeconds(2),
        4,
        Duration.ofHours(24),
        Duration.ofSeconds(2),
        16 << 20);
  }

  /// Joins, and becomes ACTIVE some time after it has registered.
  void start(Duration startsUpIn) {
    store.start();
    client.start();
    lifecycler.begin().thenRun(() -> clock.after(startsUpIn, lifecycler::activate));
  }

  /// Complete with whether somebody has heard it.
  CompletableFuture<Boolean> stop() {
    lifecycler.stop(Deadline.NONE);
    client.stop(Deadline.NONE);
    return store
        .leave()
        .thenApply(heard -> {
          port.stop(Deadline.NONE);
          clock.die();
          return heard;
        });
  }

  void jumpClock(Duration by) {
    clock.jump(by);
  }

  void crash() {
    port.crash();
    clock.die();
  }

  RingState view() {
    return store.read(RingName.INGESTER);
  }

  /// Passes on to the store, and fails when the owner breaks the table.
  private final class Checked implements RingStore {
    private final RingStore store;

    Checked(RingStore store) {
      this.store = store;
    }

    @Override
    public RingState update(RingName ring, UnaryOperator<RingState> change) {
      return store.update(
          ring,
          before -> {
            RingState after = change.apply(before);
            after.instance(id).ifPresent(next -> check(lifecycler.self(), next));
            return after;
          });
    }

    private void check(InstanceDescriptor before, InstanceDescriptor next) {
      if (before.version() == 0 || next.equals(before)) {
        return;
      }
      boolean newLife = next.incarnation() > before.incarnation();
      boolean fine =
          newLife
              ? next.state() == InstanceState.PENDING || next.state() == InstanceState.JOINING
              : next.incarnation() < before.incarnation()
                  || next.state() == before.state()
                  || before.state().mayBecome(next.state());
      if (!fine) {
        throw new AssertionError("state of " + id + " went from " + before + " to " + next);
      }
      if (next.incarnation() == before.incarnation()
          && next.heartbeat().isBefore(before.heartbeat())) {
        throw new AssertionError("heartbeat of " + id + " went back: " + before + " -> " + next);
      }
    }

    @Override
    public RingState read(RingName ring) {
      return store.read(ring);
    }

    @Override
    public Subscription watch(RingName ring, Consumer<RingState> listener) {
      return store.watch(ring, listener);
    }

    @Override
    public boolean isSynced() {
      return store.isSynced();
    }

    @Override
    public void start() {}

    @Override
    public void stop(Deadline deadline) {}
  }
}
