package io.foursight.querier.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.foursight.config.TenantLimits;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.querier.replication.Ingesters.Answers;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Operation;
import io.foursight.ring.Ring;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingView;
import io.foursight.ring.Tokens;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class IngestersTest {
  private static final RingRules RULES = new RingRules(3, false);
  private final SplittableRandom random = new SplittableRandom(11);

  private List<InstanceDescriptor> instances(int count) {
    List<InstanceDescriptor> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(
          new InstanceDescriptor(
              "i" + i,
              "host" + i + ":1",
              "",
              InstanceState.ACTIVE,
              Tokens.NONE.fill(128, random, token -> false),
              Instant.EPOCH,
              Instant.EPOCH,
              false,
              Instant.EPOCH,
              "",
              0,
              0));
    }
    return all;
  }

  /// Sums of what all replicas have are divided by the copies that answered: neither too many nor
  /// too few when an ingester is away.
  @Test
  void copiesPerItem_areRight_whetherAllAnswerOrOneIsAway() {
    List<InstanceDescriptor> all = instances(5);
    int items = 20_000;
    Map<String, Integer> held = new HashMap<>();
    Ring whole = Ring.of(all, Set.of(), RULES);
    for (int i = 0; i < items; i++) {
      whole
          .get(random.nextInt(), Operation.WRITE)
          .instances()
          .forEach(instance -> held.merge(instance.id(), 1, Integer::sum));
    }
    for (Set<String> away : List.of(Set.<String>of(), Set.of("i3"))) {
      var ingesters =
          new Ingesters<Integer>(
              RingView.fixed(RingName.INGESTER, Ring.of(all, away, RULES)),
              instance -> held.get(instance.id()),
              TenantLimits.fixed(ReplicationLimits.defaults()),
              Clock.systemUTC());
      Answers<Integer> answers =
          ingesters.each(new TenantId("t"), QueryBudget.unlimited(), count -> count);
      int sum = answers.each().stream().mapToInt(Integer::intValue).sum();
      assertThat(answers.each()).hasSize(5 - away.size());
      assertThat(sum / answers.copies())
          .as("without %s", away)
          .isCloseTo(items, within(items * 0.06));
    }
  }

  @Test
  void fewerIngestersThanCopies_holdOneEach() {
    List<InstanceDescriptor> two = instances(2);
    var ingesters =
        new Ingesters<Integer>(
            RingView.fixed(RingName.INGESTER, Ring.of(two, Set.of(), RULES)),
            instance -> 7,
            TenantLimits.fixed(ReplicationLimits.defaults()),
            Clock.systemUTC());
    assertThat(ingesters.each(new TenantId("t"), QueryBudget.unlimited(), count -> count).copies())
        .isEqualTo(2);
  }

  /// One that is slow is left behind where the others know all that it knows; a sum without it
  /// would be wrong.
  @Test
  void aSlowIngester_isWaitedForWhereAllCopiesCount_andOnlyThere() {
    var release = new CountDownLatch(1);
    List<InstanceDescriptor> three = instances(3);
    var ingesters =
        new Ingesters<Integer>(
            RingView.fixed(RingName.INGESTER, Ring.of(three, Set.of(), RULES)),
            instance -> Integer.parseInt(instance.id().substring(1)),
            TenantLimits.fixed(ReplicationLimits.defaults()),
            Clock.systemUTC());
    Function<Integer, Integer> question =
        number -> {
          if (number == 1) {
            await(release);
          }
          return number;
        };
    var tenant = new TenantId("t");
    assertThat(ingesters.each(tenant, QueryBudget.unlimited(), question).each())
        .containsExactly(0, 2);
    Thread.startVirtualThread(() -> {
      // The others have answered by then, or it makes no difference.
      ingesters.each(tenant, QueryBudget.unlimited(), question);
      release.countDown();
    });
    assertThat(ingesters.all(tenant, QueryBudget.unlimited(), question).each())
        .containsExactly(0, 1, 2);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
