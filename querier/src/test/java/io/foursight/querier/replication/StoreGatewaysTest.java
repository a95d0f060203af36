package io.foursight.querier.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.foursight.config.TenantLimits;
import io.foursight.model.Blocks;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.querier.replication.StoreGateways.Read;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Ring;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingView;
import io.foursight.ring.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Gateways that fail, hang, or lose blocks while they are asked.
@Timeout(60)
class StoreGatewaysTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final List<String> ALL =
      IntStream.range(0, 40).mapToObj(i -> "block-" + i).toList();

  private final Map<String, Gateway> gateways = new TreeMap<>();
  private final Set<String> unreachable = new HashSet<>();
  private final List<String> discarded = new CopyOnWriteArrayList<>();
  private volatile List<String> planned = ALL;

  @AfterEach
  void releaseAll() {
    gateways.values().forEach(g -> g.hangs.countDown());
  }

  /// Answers with the blocks it was asked for.
  private static final class Gateway {
    final List<List<String>> asked = new CopyOnWriteArrayList<>();
    final Set<String> lost = ConcurrentHashMap.newKeySet();
    volatile FoursightException failure;
    volatile CountDownLatch hangs = new CountDownLatch(0);
    volatile boolean failsReadsOnly;
    volatile int plans;
  }

  private Blocks<Gateway> blocksOf(InstanceDescriptor instance) {
    Gateway gateway = gateways.get(instance.id());
    return new Blocks<>() {
      @Override
      public List<Planned> plan(TenantId tenant, TimeRange range, boolean fresh) {
        gateway.plans++;
        if (!gateway.failsReadsOnly) {
          meet(gateway);
        }
        return planned.stream().map(id -> new Planned(id, range, 2)).toList();
      }

      @Override
      public Gateway only(List<String> blocks) {
        gateway.asked.add(blocks);
        meet(gateway);
        for (String block : blocks) {
          if (gateway.lost.contains(block)) {
            throw new FoursightException(ErrorKind.NOT_FOUND, "block " + block + " is gone");
          }
        }
        return gateway;
      }
    };
  }

  private static void meet(Gateway gateway) {
    try {
      gateway.hangs.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (gateway.failure != null) {
      throw new FoursightException(gateway.failure.kind(), gateway.failure.getMessage());
    }
  }

  /// Where nobody is slow: however busy the machine is, nothing is asked twice.
  private StoreGateways<Gateway> ring(int size) {
    return ring(size, Duration.ofHours(1));
  }

  private StoreGateways<Gateway> ring(int size, Duration hedgeDelay) {
    var random = new SplittableRandom(5);
    List<InstanceDescriptor> instances = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      gateways.put("g" + i, new Gateway());
      instances.add(
          new InstanceDescriptor(
              "g" + i,
              "host" + i + ":1",
              "",
              InstanceState.ACTIVE,
              Tokens.NONE.fill(64, random, token -> false),
              Instant.EPOCH,
              Instant.EPOCH,
              false,
              Instant.EPOCH,
              "",
              0,
              0));
    }
    return new StoreGateways<>(
        RingView.fixed(
            RingName.STORE_GATEWAY, Ring.of(instances, Set.of(), new RingRules(1, false))),
        this::blocksOf,
        TenantLimits.fixed(ReplicationLimits.defaults()),
        instance -> unreachable.contains(instance.id()),
        new HedgePolicy(hedgeDelay));
  }

  private List<String> read(StoreGateways<Gateway> from, Deadline deadline) {
    var read =
        new Read<Gateway, List<String>>(
            TENANT,
            new TimeRange(0, 1),
            new QueryBudget(0, 0, deadline),
            block -> true,
            gateway -> gateway.asked.getLast(),
            discarded::addAll);
    return from.read(read).parts().stream().flatMap(List::stream).sorted().toList();
  }

  private List<String> read(StoreGateways<Gateway> from) {
    return read(from, Deadline.NONE);
  }

  private static List<String> sorted(List<String> blocks) {
    return blocks.stream().sorted().toList();
  }

  @Test
  void eachBlock_isReadOnce_spreadOverTheGateways() {
    assertThat(read(ring(4))).isEqualTo(sorted(ALL));
    assertThat(gateways.values())
        .allMatch(g -> g.asked.size() == 1 && g.asked.getFirst().size() > 2);
    assertThat(gateways.values().stream().mapToInt(g -> g.plans).sum()).isEqualTo(1);
  }

  @Test
  void whatFailingGatewaysOwn_isReadByTheOthers_aslongAsOneIsLeft() {
    StoreGateways<Gateway> ring = ring(4);
    for (String id : List.of("g0", "g2", "g3")) {
      gateways.get(id).failure = FoursightException.unavailable(id + " is down");
    }
    assertThat(read(ring)).isEqualTo(sorted(ALL));
    gateways.get("g1").failure = FoursightException.unavailable("g1 is down too");
    assertThatThrownBy(() -> read(ring)).hasMessageContaining("no store-gateway is left");
  }

  /// A paused process answers nothing, and its connection looks alive: nobody may wait for it.
  @Test
  void aGatewayThatHangs_costsNoAnswer_andItsLateOneIsDiscarded() {
    StoreGateways<Gateway> ring = ring(3, Duration.ofMillis(5));
    Gateway slow = gateways.get("g1");
    slow.hangs = new CountDownLatch(1);
    for (int i = 0; i < 5; i++) {
      assertThat(read(ring)).isEqualTo(sorted(ALL));
    }
    assertThat(discarded).isEmpty();
    int late = slow.asked.size();
    assertThat(late).isPositive();
    slow.hangs.countDown();
    await().untilAsserted(() -> assertThat(discarded).hasSizeGreaterThanOrEqualTo(late));
  }

  @Test
  void whenAllHang_theDeadlineEndsTheWait() {
    StoreGateways<Gateway> ring = ring(2, Duration.ofMillis(5));
    gateways.values().forEach(g -> g.hangs = new CountDownLatch(1));
    assertThatThrownBy(() -> read(ring, Deadline.after(Duration.ofMillis(200))))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT));
  }

  @Test
  void gatewaysThatCannotBeReached_areNotAsked_unlessTheyAreAllThereIs() {
    StoreGateways<Gateway> ring = ring(3);
    unreachable.add("g0");
    unreachable.add("g2");
    assertThat(read(ring)).isEqualTo(sorted(ALL));
    assertThat(gateways.get("g0").asked).isEmpty();
    assertThat(gateways.get("g0").plans + gateways.get("g2").plans).isZero();
    unreachable.add("g1");
    assertThat(read(ring)).isEqualTo(sorted(ALL));
    assertThat(gateways.get("g0").asked).isNotEmpty();
  }

  @Test
  void aBlockThatIsGone_isPlannedAnew_andNeverLeftOut() {
    StoreGateways<Gateway> ring = ring(3);
    gateways.values().forEach(g -> g.lost.add("block-7"));
    assertThatThrownBy(() -> read(ring))
        .hasMessageContaining("block block-7 is gone (planned 3 times)");
    assertThat(gateways.values().stream().mapToInt(g -> g.plans).sum()).isEqualTo(3);
    planned = ALL.stream().filter(b -> !b.equals("block-7")).toList();
    assertThat(read(ring)).isEqualTo(sorted(planned));
  }

  @Test
  void aFailureOfTheQuery_isNotTriedElsewhere_andGivesBackWhatWasAnswered() {
    StoreGateways<Gateway> ring = ring(3);
    gateways.get("g1").failsReadsOnly = true;
    gateways.get("g1").failure = new FoursightException(ErrorKind.QUERY_LIMIT, "too much");
    assertThatThrownBy(() -> read(ring)).hasMessage("too much");
    Set<String> own = Set.copyOf(gateways.get("g1").asked.getFirst());
    await()
        .untilAsserted(() ->
            assertThat(discarded)
                .hasSize(ALL.size() - own.size())
                .doesNotContainAnyElementsOf(own));
  }

  @Test
  void peersThatAreSlowTogether_areNotAskedDouble() {
    var policy = new HedgePolicy(Duration.ofMillis(5));
    int hedged = 0;
    for (int i = 0; i < 10_000; i++) {
      hedged += policy.take() ? 1 : 0;
      policy.observe(1_000_000);
    }
    assertThat(hedged).isBetween(1000, 1030);
  }
}
