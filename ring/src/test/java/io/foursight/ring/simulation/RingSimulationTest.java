package io.foursight.ring.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Operation;
import io.foursight.ring.Ring;
import io.foursight.ring.RingState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Thousands of histories of a ring, each from one seed: joins, orderly leaves, crashes, restarts
/// (also elsewhere), forgetting, partitions, loss, delay, doubling, reordering, wrong clocks and
/// clocks that are set. What must never happen is checked after every event; what must come true in
/// the end, after the world has been healed and left alone. `-Dring.simulation.seed=N` runs one
/// history.
class RingSimulationTest {
  private static final int HISTORIES = Integer.getInteger("ring.simulation.histories", 1000);
  private static final long SECOND = 1_000_000_000L;

  @Test
  void anyHistory_keepsTheRulesAndEndsInOneView() {
    Long only = Long.getLong("ring.simulation.seed");
    long events = 0;
    for (long seed = only == null ? 1 : only; seed <= (only == null ? HISTORIES : only); seed++) {
      var history = new History(seed);
      try {
        history.run();
      } catch (Throwable e) {
        throw new AssertionError(
            "seed "
                + seed
                + " (run it alone: -Dring.simulation.seed="
                + seed
                + ")\n"
                + String.join("\n", history.log),
            e);
      }
      events += history.steps;
    }
    System.out.println("ring simulation: " + events + " events checked");
    assertThat(events).isPositive();
  }

  /// One seed's world.
  private static final class History {
    private final SplittableRandom random;
    private final SimulatedTime time = new SimulatedTime();
    private final SimulatedNetwork network;
    private final Map<String, SimulatedProcess> alive = new TreeMap<>();
    private final List<String> log = new ArrayList<>();
    private final boolean zones;
    private final int maxNodes;
    private final Duration autoForget;

    /// What each process (by address) last knew of each instance.
    private final Map<String, Map<String, InstanceDescriptor>> known = new HashMap<>();

    /// The greatest incarnation of each id that left in order.
    private final Map<String, Long> gone = new HashMap<>();

    /// Who knew it then. If all of them crash in a partition, nobody can know it any more.
    private final Map<String, List<SimulatedProcess>> witnesses = new HashMap<>();

    private final Map<String, RingState> seenStates = new HashMap<>();
    private final Map<String, Duration> skews = new HashMap<>();
    private int started;
    private long steps;

    History(long seed) {
      random = new SplittableRandom(seed);
      network = new SimulatedNetwork(time, random.split());
      zones = random.nextBoolean();
      maxNodes = 2 + random.nextInt(6);
      autoForget = Duration.ofSeconds(random.nextBoolean() ? 20 : 0);
      network.maxDelayNanos = SECOND / 1000 * (1 + random.nextInt(1500));
    }

    void run() {
      int acts = 5 + random.nextInt(25);
      for (int i = 0; i < acts; i++) {
        act();
        advance(random.nextLong(4 * SECOND));
      }
      log("heal");
      network.heal();
      network.maxDelayNanos = SECOND / 50;
      if (alive.isEmpty()) {
        startOne();
      }
      advance((autoForget.isZero() ? 30 : 60) * SECOND);
      checkTheEnd();
    }

    private void act() {
      switch (random.nextInt(13)) {
        case 0, 1, 2, 3 -> startOne();
        case 4 ->
            any(process -> {
              log("stop " + process.address);
              alive.remove(process.address);
              boolean alone = network.size() == 1;
              process
                  .stop()
                  .thenAccept(heard -> {
                    if (heard && !alone && process.lifecycler.self().isLeft()) {
                      long incarnation = process.lifecycler.self().incarnation();
                      gone.merge(process.id, incarnation, Math::max);
                      witnesses.put(process.id, witnesses(process.id, incarnation));
                    }
                  });
            });
        case 5 ->
            any(process -> {
              log("crash " + process.address);
              alive.remove(process.address);
              process.crash();
            });
        case 6 ->
            any(process -> {
              log("crash and restart " + process.address);
              alive.remove(process.address);
              process.crash();
              start(process.id, process.address);
            });
        case 7 -> {
          Map<String, Integer> sides = new HashMap<>();
          alive.keySet().forEach(a -> sides.put(a, random.nextInt(2)));
          log("cut " + sides);
          network.cut(sides);
        }
        case 8 -> {
          log("heal");
          network.heal();
        }
        case 9 -> {
          network.loss = random.nextDouble() * 0.5;
          log("loss " + network.loss);
        }
        case 10 ->
            any(process -> {
              List<InstanceDescriptor> all = process.view().present();
              if (!all.isEmpty()) {
                String id = all.get(random.nextInt(all.size())).id();
                log("forget " + id + " at " + process.address);
                process.store.update(
                    io.foursight.ring.RingName.INGESTER,
                    s -> s.forget(id, time.nanos() / 1_000_000 + 1_767_225_600_000L));
              }
            });
        case 11 ->
            any(process -> {
              Duration by = Duration.ofMillis(random.nextInt(-90_000, 90_000));
              log("clock of " + process.address + " jumps by " + by);
              process.jumpClock(by);
              skews.merge(process.id, by, Duration::plus);
            });
        default ->
            any(process -> {
              log("leaving " + process.address);
              process.lifecycler.leave();
            });
      }
    }

    private List<SimulatedProcess> witnesses(String id, long incarnation) {
      return alive.values().stream()
          .filter(p ->
              p.view()
                  .instance(id)
                  .filter(i -> i.incarnation() > incarnation || i.isLeft())
                  .isPresent())
          .toList();
    }

    private void any(java.util.function.Consumer<SimulatedProcess> action) {
      if (!alive.isEmpty()) {
        List<SimulatedProcess> all = List.copyOf(alive.values());
        action.accept(all.get(random.nextInt(all.size())));
      }
    }

    private void startOne() {
      if (alive.size() >= maxNodes) {
        return;
      }
      String id = "i" + random.nextInt(maxNodes + 2);
      if (alive.values().stream().noneMatch(p -> p.id.equals(id))) {
        // Sometimes at a new address, as a pod that moved.
        start(id, random.nextInt(3) == 0 ? id + "-" + started : id);
      }
    }

    private void start(String id, String address) {
      started++;
      // A machine's clock is wrong by the same amount in each of its lives.
      Duration skew =
          skews.computeIfAbsent(
              id,
              i -> Duration.ofMillis(random.nextBoolean() ? 0 : random.nextInt(-60_000, 60_000)));
      log("start " + id + " at " + address + " skew " + skew);
      known.remove(address);
      seenStates.remove(address);
      String zone = zones ? "z" + id.hashCode() % 3 : "";
      var process =
          new SimulatedProcess(
              time, network, id, address, zone, skew, autoForget, random.nextLong(1L << 40));
      alive.put(address, process);
      process.start(Duration.ofMillis(random.nextInt(2000)));
    }

    private void advance(long nanos) {
      long end = time.nanos() + nanos;
      while (time.step(end)) {
        steps++;
        alive.values().forEach(this::checkView);
      }
    }

    private void checkView(SimulatedProcess process) {
      RingState state = process.view();
      if (seenStates.put(process.address, state) == state) {
        return;
      }
      var before = known.computeIfAbsent(process.address, a -> new HashMap<>());
      for (InstanceDescriptor now : state.instances()) {
        InstanceDescriptor then = before.put(now.id(), now);
        if (then != null && !now.equals(then)) {
          Supplier<String> change = () -> process.address + " saw " + then + " become " + now;
          assertThat(now.supersedes(then)).as(change).isTrue();
          assertThat(now.version()).as(change).isGreaterThanOrEqualTo(then.version());
          if (now.incarnation() == then.incarnation()) {
            // Being forgotten by another is no end: a later word of the owner undoes it.
            boolean leftItself = gone.getOrDefault(now.id(), -1L) >= now.incarnation();
            if (!then.isLeft() || leftItself) {
              assertThat(now.state()).as(change).isGreaterThanOrEqualTo(then.state());
            }
            // Whoever forgets an instance may not have its last heartbeat.
            if (!now.isLeft() && !then.isLeft()) {
              assertThat(now.heartbeat()).as(change).isAfterOrEqualTo(then.heartbeat());
            }
          }
        }
      }
      checkSets(process.client.ring());
    }

    private void checkSets(Ring ring) {
      for (Operation operation : Operation.values()) {
        try {
          List<InstanceDescriptor> set = ring.get(random.nextInt(), operation).instances();
          assertThat(set).extracting(InstanceDescriptor::id).doesNotHaveDuplicates();
          if (zones && ring.zones().size() >= 3 && operation == Operation.WRITE) {
            assertThat(set).extracting(InstanceDescriptor::zone).doesNotHaveDuplicates();
          }
          if (operation == Operation.WRITE) {
            assertThat(set).allMatch(i -> i.state() == InstanceState.ACTIVE);
            assertThat(set.size()).isBetween(2, 3);
          }
        } catch (FoursightException e) {
          assertThat(e.getMessage()).matches("(?s)(the ring is empty|at least).*");
        }
      }
    }

    private void checkTheEnd() {
      List<SimulatedProcess> working =
          alive.values().stream().filter(p -> !p.lifecycler.self().isLeft()).toList();
      Map<String, InstanceDescriptor> first = Map.of();
      for (SimulatedProcess process : working) {
        Map<String, InstanceDescriptor> view = settled(process.view());
        if (!first.isEmpty()) {
          assertThat(view).as("view of " + process.address).isEqualTo(first);
        }
        first = view;
        Ring ring = process.client.ring();
        Map<Integer, String> owners = new HashMap<>();
        for (InstanceDescriptor instance : ring.instances()) {
          boolean mustLive = alive.values().stream().anyMatch(p -> p.id.equals(instance.id()));
          assertThat(ring.isHealthy(instance))
              .as(process.address + " sees " + instance)
              .isEqualTo(mustLive);
          for (int token : instance.tokens().toArray()) {
            if (instance.state() == InstanceState.ACTIVE && mustLive) {
              assertThat(owners.put(token, instance.id())).as("owner of token " + token).isNull();
            }
          }
          if (!autoForget.isZero()) {
            assertThat(mustLive).as(instance + " is dead and must be forgotten").isTrue();
          }
        }
        InstanceDescriptor self = ring.instance(process.id).orElseThrow();
        assertThat(self.address()).isEqualTo(process.address);
        assertThat(self.state()).isIn(InstanceState.ACTIVE, InstanceState.LEAVING);
        assertThat(self.tokens().size()).isEqualTo(SimulatedProcess.TOKENS);
        for (var left : gone.entrySet()) {
          if (witnesses.get(left.getKey()).stream().noneMatch(alive::containsValue)) {
            continue;
          }
          process
              .view()
              .instance(left.getKey())
              .filter(i -> i.incarnation() <= left.getValue())
              .ifPresent(i -> assertThat(i.isLeft()).as("resurrected " + i).isTrue());
        }
      }
      assertThat(new HashSet<>(working)).isNotEmpty();
    }

    /// Without what a heartbeat under way changes.
    private static Map<String, InstanceDescriptor> settled(RingState state) {
      return state.instances().stream()
          .map(i -> i.withVersion(0).withHeartbeat(java.time.Instant.EPOCH))
          .collect(Collectors.toMap(InstanceDescriptor::id, i -> i));
    }

    private void log(String what) {
      log.add(String.format("%8.3f s  %s", time.nanos() / 1e9, what));
    }
  }
}
