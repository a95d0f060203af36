package io.foursight.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.FoursightException;
import io.foursight.storage.object.FaultyObjectStore.Fault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryingObjectStoreTest {
  private final FaultyObjectStore faulty = new FaultyObjectStore(new MemoryObjectStore());
  private final List<Duration> pauses = new ArrayList<>();
  private final ObjectStoreMetrics metrics =
      new ObjectStoreMetrics(new SimpleMeterRegistry(), "metrics");
  private final ObjectStore store =
      new RetryingObjectStore(
          faulty, RetryingObjectStore.Policy.DEFAULT, pauses::add, new Random(1), metrics);

  @Test
  void passingOutage_isRiddenOutWithGrowingPauses() {
    faulty.script(r -> r.number() < 4 ? Fault.REFUSED : Fault.NONE);
    store.put("a", new byte[1]);
    assertThat(pauses).hasSize(4).isSorted();
    assertThat(store.get("a")).isPresent();
  }

  @Test
  void outageThatStays_isToldAfterFiveTries() {
    faulty.script(r -> Fault.REFUSED);
    assertThatThrownBy(() -> store.get("a")).isInstanceOf(FoursightException.class);
    assertThat(faulty.requests()).hasSize(5);
  }

  /// Otherwise a store that is down gets five times the load.
  @Test
  void longOutage_exhaustsTheBudgetForRetries() {
    faulty.script(r -> Fault.REFUSED);
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> store.get("a")).isInstanceOf(FoursightException.class);
    }
    assertThat(faulty.requests()).hasSize(200);
    assertThat(metrics.refusedRetries.count()).isEqualTo(75);
  }

  /// The first try may have created it.
  @Test
  void putIfAbsent_isNeverRepeated() {
    faulty.script(r -> Fault.ANSWER_LOST);
    assertThatThrownBy(() -> store.putIfAbsent("a", new byte[1]))
        .isInstanceOf(FoursightException.class);
    assertThat(faulty.requests()).hasSize(1);
  }

  @Test
  void badKey_isNotRetried() {
    assertThatThrownBy(() -> store.get("a//b")).hasMessageContaining("a//b");
    assertThat(pauses).isEmpty();
  }

  @Test
  void slowRead_isAskedAgainAndTheFirstAnswerTaken() throws InterruptedException {
    faulty.put("a", new byte[] {7});
    var asked = new AtomicInteger();
    var release = new CountDownLatch(1);
    faulty.script(r -> {
      if (asked.incrementAndGet() == 1) {
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return Fault.NONE;
    });
    var hedging = new HedgingObjectStore(faulty, metrics);
    assertThat(hedging.get("a")).contains(new byte[] {7});
    assertThat(asked.get()).isEqualTo(2);
    assertThat(metrics.hedges.count()).isEqualTo(1);
    release.countDown();
  }
}
