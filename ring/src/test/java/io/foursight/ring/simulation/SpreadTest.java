package io.foursight.ring.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.ring.InstanceState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// A process that leaves keeps its doors open until its news are everywhere, and not longer.
class SpreadTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void whenALeaversNewsAreSpread_everyViewHasThem_whateverGetsLost() {
    long longest = 0;
    int gaveUp = 0;
    for (int seed = 1; seed <= 100; seed++) {
      var time = new SimulatedTime();
      var random = new SplittableRandom(seed);
      var network = new SimulatedNetwork(time, random.split());
      List<SimulatedProcess> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        var process =
            new SimulatedProcess(
                time, network, "i" + i, "a" + i, "", Duration.ZERO, Duration.ZERO, seed + i);
        process.start(Duration.ZERO);
        all.add(process);
      }
      run(time, 10 * SECOND);
      network.loss = random.nextDouble() * 0.4;
      SimulatedProcess leaver = all.removeFirst();
      long begun = time.nanos();
      leaver.lifecycler.leave();
      CompletableFuture<Boolean> spread = leaver.store.spread();
      while (!spread.isDone()) {
        assertThat(time.step(begun + 10 * SECOND)).as("seed %d", seed).isTrue();
      }
      longest = Math.max(longest, time.nanos() - begun);
      if (!spread.join()) {
        gaveUp++;
        continue;
      }
      for (SimulatedProcess other : all) {
        assertThat(other.view().instance("i0").orElseThrow().state())
            .as("seed %d at %s", seed, other.address)
            .isEqualTo(InstanceState.LEAVING);
      }
    }
    assertThat(gaveUp).isLessThan(10);
    assertThat(longest).isLessThanOrEqualTo(2 * SECOND);
  }

  @Test
  void aMemberThatIsCutOff_delaysTheLeaverNoLongerThanItsPatience() {
    var time = new SimulatedTime();
    var network = new SimulatedNetwork(time, new SplittableRandom(1));
    for (int i = 0; i < 3; i++) {
      new SimulatedProcess(time, network, "i" + i, "a" + i, "", Duration.ZERO, Duration.ZERO, i)
          .start(Duration.ZERO);
    }
    var leaver = new SimulatedProcess(time, network, "j", "b", "", Duration.ZERO, Duration.ZERO, 9);
    leaver.start(Duration.ZERO);
    run(time, 10 * SECOND);
    network.cut(java.util.Map.of("a1", 1));
    leaver.lifecycler.leave();
    CompletableFuture<Boolean> spread = leaver.store.spread();
    run(time, 3 * SECOND);
    assertThat(spread).isCompletedWithValue(false);
  }

  private static void run(SimulatedTime time, long nanos) {
    long end = time.nanos() + nanos;
    while (time.step(end)) {
      // Until then.
    }
  }
}
