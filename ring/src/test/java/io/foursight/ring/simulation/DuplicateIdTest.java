package io.foursight.ring.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Two processes that were given one instance id, in the simulated world.
class DuplicateIdTest {
  private static final long SECOND = 1_000_000_000L;
  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedNetwork network = new SimulatedNetwork(time, new SplittableRandom(1));

  private SimulatedProcess process(String id, String address, int skewSeconds) {
    return new SimulatedProcess(
        time, network, id, address, "", Duration.ofSeconds(skewSeconds), Duration.ZERO, 3);
  }

  private void run(int seconds) {
    long end = time.nanos() + seconds * SECOND;
    while (time.step(end)) {
      // Until then.
    }
  }

  @Test
  void theSecondProcess_doesNotStart_andSaysWhereTheFirstIs() {
    SimulatedProcess first = process("i", "one", 0);
    first.start(Duration.ZERO);
    run(5);
    SimulatedProcess second = process("i", "two", -30);
    second.start(Duration.ZERO);
    run(10);
    assertThatThrownBy(() -> second.lifecycler.begin().getNow(null))
        .hasCauseInstanceOf(FoursightException.class)
        .cause()
        .hasMessageContaining("instance id \"i\" is used by another process at one")
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
    assertThat(second.lifecycler.notReady()).get().asString().contains("used by another process");
    assertThat(first.lifecycler.notReady()).isEmpty();
    assertThat(first.view().instance("i").orElseThrow().address()).isEqualTo("one");
  }

  @Test
  void whenTheyMeetOnlyLater_theOlderOneStays_whateverTheDelays() {
    for (int seed = 1; seed <= 60; seed++) {
      var world = new SimulatedTime();
      var random = new SplittableRandom(seed);
      var net = new SimulatedNetwork(world, random.split());
      net.maxDelayNanos = SECOND / 10 * (1 + random.nextInt(10));
      Map<String, Integer> sides = new HashMap<>();
      sides.put("one", 0);
      sides.put("two", 1);
      sides.put("other", 0);
      net.cut(sides);
      SimulatedProcess one =
          new SimulatedProcess(world, net, "i", "one", "", Duration.ZERO, Duration.ZERO, seed);
      SimulatedProcess other =
          new SimulatedProcess(
              world, net, "j", "other", "", Duration.ofSeconds(20), Duration.ZERO, seed + 1);
      one.start(Duration.ZERO);
      other.start(Duration.ZERO);
      advance(world, 3);
      SimulatedProcess two =
          new SimulatedProcess(world, net, "i", "two", "", Duration.ZERO, Duration.ZERO, seed + 2);
      two.start(Duration.ZERO);
      advance(world, 12);
      assertThat(two.lifecycler.notReady()).as("alone it lives, seed " + seed).isEmpty();
      net.heal();
      advance(world, 30);
      assertThat(one.lifecycler.notReady()).as("seed " + seed).isEmpty();
      assertThat(two.lifecycler.notReady()).as("seed " + seed).get().asString().contains("at one");
      assertThat(other.view().instance("i").orElseThrow().address()).isEqualTo("one");
      assertThat(other.view().instance("i").orElseThrow().state()).isEqualTo(InstanceState.ACTIVE);
    }
  }

  private static void advance(SimulatedTime world, int seconds) {
    long end = world.nanos() + seconds * SECOND;
    while (world.step(end)) {
      // Until then.
    }
  }

  @Test
  void aCrashedInstance_comesBackAtItsAddressAtOnce_andElsewhereAfterAWait() {
    SimulatedProcess witness = process("w", "w", 0);
    witness.start(Duration.ZERO);
    SimulatedProcess first = process("i", "one", 0);
    first.start(Duration.ZERO);
    run(5);
    var tokens = first.lifecycler.self().tokens();
    first.crash();
    SimulatedProcess again = process("i", "one", 0);
    again.start(Duration.ZERO);
    run(1);
    assertThat(again.lifecycler.begin()).isCompleted();
    assertThat(again.lifecycler.self().tokens()).isEqualTo(tokens);
    run(3);
    again.crash();
    SimulatedProcess moved = process("i", "two", 0);
    moved.start(Duration.ZERO);
    run(1);
    assertThat(moved.lifecycler.begin()).isNotDone();
    run(3);
    assertThat(moved.lifecycler.begin()).isCompleted();
    assertThat(moved.lifecycler.self().tokens()).isEqualTo(tokens);
    run(3);
    assertThat(witness.view().instance("i").orElseThrow().address()).isEqualTo("two");
  }
}
