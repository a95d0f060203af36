package io.foursight.distributor.metrics;

import static io.foursight.distributor.metrics.HaElections.Verdict.ACCEPT;
import static io.foursight.distributor.metrics.HaElections.Verdict.DEDUPLICATE;
import static io.foursight.distributor.metrics.HaElections.Verdict.TOO_MANY_CLUSTERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.ring.MemoryRingStore;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingScheduler;
import io.foursight.ring.RingState;
import io.foursight.ring.RingStore;
import io.foursight.ring.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Several distributors with clocks that differ, over one store.
class SharedHaElectionsTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final Duration FAILOVER = Duration.ofSeconds(30);
  private static final Duration UPDATE = Duration.ofSeconds(15);

  private final Switched store = new Switched();
  private long nanos;

  private final HaElections one = distributor(Duration.ZERO);
  private final HaElections two = distributor(Duration.ofMinutes(-10));

  private HaElections distributor(Duration skew) {
    var time = new Time(skew);
    var client =
        new RingClient(
            SharedHaElections.RING, store, new RingRules(1, false), Duration.ofSeconds(30), time);
    client.start();
    return new SharedHaElections(store, client, time, FAILOVER, UPDATE);
  }

  private void pass(int seconds) {
    nanos += seconds * 1_000_000_000L;
  }

  private HaElections.Verdict seen(HaElections at, String cluster, String replica) {
    return at.seen(TENANT, cluster, replica, 2);
  }

  /// Behind a load balancer the two replicas of a pair meet different distributors all the time.
  @Test
  void whatOneDistributorElects_holdsAtAll_asLongAsAnyOfThemHearsTheReplica() {
    assertThat(seen(one, "c", "a")).isEqualTo(ACCEPT);
    assertThat(seen(two, "c", "b")).isEqualTo(DEDUPLICATE);
    for (int i = 0; i < 20; i++) {
      pass(20);
      assertThat(seen(i % 2 == 0 ? one : two, "c", "a")).isEqualTo(ACCEPT);
      assertThat(seen(one, "c", "b")).isEqualTo(DEDUPLICATE);
      assertThat(seen(two, "c", "b")).isEqualTo(DEDUPLICATE);
    }
  }

  @Test
  void afterTheFailover_allFollowTheOtherReplica_thoughTheirClocksDiffer() {
    seen(one, "c", "a");
    pass(30);
    assertThat(seen(two, "c", "b")).isEqualTo(DEDUPLICATE);
    pass(1);
    assertThat(seen(two, "c", "b")).isEqualTo(ACCEPT);
    assertThat(seen(one, "c", "a")).isEqualTo(DEDUPLICATE);
    assertThat(seen(one, "c", "b")).isEqualTo(ACCEPT);
  }

  @Test
  void clusters_areBoundedForAllDistributorsTogether() {
    assertThat(seen(one, "c1", "a")).isEqualTo(ACCEPT);
    assertThat(seen(two, "c2", "a")).isEqualTo(ACCEPT);
    assertThat(seen(one, "c3", "a")).isEqualTo(TOO_MANY_CLUSTERS);
    assertThat(seen(two, "c1", "a")).isEqualTo(ACCEPT);
    assertThat(one.seen(new TenantId("t2"), "c3", "a", 2)).isEqualTo(ACCEPT);
    pass(25 * 3600);
    assertThat(seen(two, "c3", "a")).isEqualTo(ACCEPT);
  }

  /// Nothing may be lost because the elections are kept elsewhere.
  @Test
  void whileTheStoreIsAway_newReplicasAreAccepted_andElectionsThatStandHold() {
    seen(one, "c", "a");
    store.away = true;
    assertThat(seen(two, "c", "b")).isEqualTo(DEDUPLICATE);
    assertThat(seen(two, "new", "a")).isEqualTo(ACCEPT);
    assertThat(seen(one, "new", "b")).isEqualTo(ACCEPT);
    store.away = false;
    assertThat(seen(one, "new", "b")).isEqualTo(ACCEPT);
    assertThat(seen(two, "new", "a")).isEqualTo(DEDUPLICATE);
  }

  @Test
  void labelsThatARingCannotCarry_areToldApartAllTheSame() {
    String longName = "x".repeat(2000);
    assertThat(seen(one, longName + 1, "a\n")).isEqualTo(ACCEPT);
    assertThat(seen(two, longName + 1, "a\t")).isEqualTo(DEDUPLICATE);
    assertThat(seen(two, longName + 2, "b")).isEqualTo(ACCEPT);
  }

  private final class Time implements RingScheduler {
    private final Duration skew;

    Time(Duration skew) {
      this.skew = skew;
    }

    @Override
    public Instant now() {
      return Instant.parse("2026-01-01T00:00:00Z").plus(skew).plusNanos(nanos);
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public Subscription after(Duration delay, Runnable task) {
      task.run();
      return () -> {};
    }

    @Override
    public Subscription every(Duration period, Runnable task) {
      return () -> {};
    }
  }

  /// A store outside of the process that can be away.
  private static final class Switched implements RingStore {
    private final MemoryRingStore store = new MemoryRingStore();
    private boolean away;

    @Override
    public RingState read(RingName ring) {
      return store.read(ring);
    }

    @Override
    public RingState update(RingName ring, UnaryOperator<RingState> change) {
      if (away) {
        throw FoursightException.unavailable("the store is away");
      }
      return store.update(ring, change);
    }

    @Override
    public Subscription watch(RingName ring, Consumer<RingState> listener) {
      return store.watch(ring, listener);
    }

    @Override
    public boolean isSynced() {
      return true;
    }

    @Override
    public void start() {}

    @Override
    public void stop(Deadline deadline) {}
  }
}
