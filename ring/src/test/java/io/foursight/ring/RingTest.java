package io.foursight.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RingTest {
  private static final Instant OLD = Instant.parse("2026-01-01T00:00:00Z");

  static InstanceDescriptor instance(String id, String zone, InstanceState state, int... tokens) {
    return new InstanceDescriptor(
        id, id + ":9095", zone, state, Tokens.of(tokens), OLD, OLD, false, Instant.EPOCH, "", 1, 1);
  }

  private static Ring ring(int rf, boolean zones, Set<String> dead, InstanceDescriptor... all) {
    return Ring.of(List.of(all), dead, new RingRules(rf, zones));
  }

  private static List<String> ids(ReplicationSet set) {
    return set.instances().stream().map(InstanceDescriptor::id).toList();
  }

  private static List<InstanceDescriptor> many(int count, int zones) {
    var random = new SplittableRandom(42);
    return IntStream.range(0, count)
        .mapToObj(i ->
            instance(
                "i" + i,
                zones == 0 ? "" : "z" + i % zones,
                InstanceState.ACTIVE,
                random.ints(64).toArray()))
        .toList();
  }

  private static final InstanceDescriptor A =
      instance("a", "", InstanceState.ACTIVE, 10, 0x80000010);
  private static final InstanceDescriptor B = instance("b", "", InstanceState.ACTIVE, 20);
  private static final InstanceDescriptor C = instance("c", "", InstanceState.ACTIVE, 30);
  private static final InstanceDescriptor D = instance("d", "", InstanceState.ACTIVE, 40);

  @Test
  void anItem_belongsToTheTokensThatFollowItsHash_unsignedAndAround() {
    Ring ring = ring(1, false, Set.of(), A, B, C);
    assertThat(ids(ring.get(10, Operation.WRITE))).containsExactly("b");
    assertThat(ids(ring.get(9, Operation.WRITE))).containsExactly("a");
    assertThat(ids(ring.get(29, Operation.WRITE))).containsExactly("c");
    assertThat(ids(ring.get(30, Operation.WRITE))).containsExactly("a");
    assertThat(ids(ring.get(0x80000010, Operation.WRITE))).containsExactly("a");
    assertThat(ids(ring.get(-1, Operation.WRITE))).containsExactly("a");
  }

  @Test
  void aWrite_needsAQuorumOfItsReplicas() {
    Ring ring = ring(3, false, Set.of(), A, B, C, D);
    assertThat(ids(ring.get(15, Operation.WRITE))).containsExactly("b", "c", "d");
    assertThat(ring.get(15, Operation.WRITE).maxErrors()).isEqualTo(1);
    Ring oneDead = ring(3, false, Set.of("c"), A, B, C, D);
    assertThat(ids(oneDead.get(15, Operation.WRITE))).containsExactly("b", "d");
    assertThat(oneDead.get(15, Operation.WRITE).maxErrors()).isZero();
    Ring twoDead = ring(3, false, Set.of("c", "d"), A, B, C, D);
    assertThatThrownBy(() -> twoDead.get(15, Operation.WRITE))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessage(
            "at least 2 live replicas required, could only find 1 - unable: c (unhealthy), d"
                + " (unhealthy)");
  }

  @Test
  void aLeavingInstance_isReplacedForWrites_andStillRead() {
    InstanceDescriptor leaving = C.withState(InstanceState.LEAVING);
    Ring ring = ring(3, false, Set.of(), A, B, leaving, D);
    assertThat(ids(ring.get(15, Operation.WRITE))).containsExactly("b", "d", "a");
    assertThat(ids(ring.get(15, Operation.READ))).containsExactly("b", "c", "d", "a");
    assertThat(ring.get(15, Operation.READ).maxErrors()).isEqualTo(1);
  }

  @Test
  void aRestartingInstance_countsAsOneThatAReadMisses() {
    Ring ring = ring(3, false, Set.of(), A, B, C.withState(InstanceState.JOINING), D);
    assertThat(ids(ring.get(15, Operation.READ))).containsExactly("b", "d", "a");
    assertThat(ring.get(15, Operation.READ).maxErrors()).isZero();
    assertThat(ring.all(Operation.READ).maxErrors()).isZero();
    assertThat(ring.all(Operation.READ).instances()).hasSize(3);
  }

  @Test
  void everyAcknowledgedWrite_isFoundByAnyReadThatSucceeds_whateverChangedBetween() {
    var random = new SplittableRandom(7);
    for (int round = 0; round < 3000; round++) {
      int rf = 1 + random.nextInt(5);
      boolean zones = random.nextBoolean();
      List<InstanceDescriptor> before = new ArrayList<>();
      int count = rf + random.nextInt(6);
      for (int i = 0; i < count; i++) {
        InstanceState state = random.nextInt(4) == 0 ? InstanceState.LEAVING : InstanceState.ACTIVE;
        before.add(
            instance("i" + i, "z" + random.nextInt(3), state, random.ints(4).toArray())
                .withReadOnly(random.nextInt(6) == 0, OLD));
      }
      Ring write = Ring.of(before, Set.of(), new RingRules(rf, zones));
      int token = random.nextInt();
      ReplicationSet set;
      try {
        set = write.get(token, Operation.WRITE);
      } catch (FoursightException e) {
        continue;
      }
      // The worst case: as many replicas as may fail have failed.
      List<String> holders =
          new ArrayList<>(ids(set)).subList(0, set.instances().size() - set.maxErrors());
      // One instance starts to leave, dies or restarts; the zones stay.
      List<InstanceDescriptor> after = new ArrayList<>(before);
      int changed = random.nextInt(count);
      Set<String> dead = new HashSet<>();
      switch (random.nextInt(4)) {
        case 0 -> after.set(changed, after.get(changed).withState(InstanceState.LEAVING));
        case 1 -> after.set(changed, after.get(changed).withState(InstanceState.JOINING));
        case 2 -> dead.add("i" + changed);
        default -> {}
      }
      Ring read = Ring.of(after, dead, new RingRules(rf, zones));
      for (boolean all : new boolean[] {true, false}) {
        ReplicationSet asked;
        try {
          asked = all ? read.all(Operation.READ) : read.get(token, Operation.READ);
        } catch (FoursightException e) {
          continue;
        }
        Quorum quorum = asked.quorum();
        boolean found = false;
        // Adversary: those that hold it fail as long as the read does not.
        for (InstanceDescriptor i : asked.instances()) {
          if (!holders.contains(i.id())) {
            quorum.success(i);
          }
        }
        for (InstanceDescriptor i : asked.instances()) {
          if (holders.contains(i.id()) && !quorum.hasSucceeded()) {
            quorum.success(i);
            found = true;
          }
        }
        assertThat(found)
            .as(
                "round %d rf %d zones %s all %s: written to %s, read %s of %s",
                round, rf, zones, all, holders, asked.maxErrors(), ids(asked))
            .isTrue();
      }
    }
  }

  @Test
  void workOnBlocks_movesToTheNextWhenItsOwnerDies() {
    assertThat(ids(ring(1, false, Set.of(), A, B, C).get(15, Operation.OWN))).containsExactly("b");
    assertThat(ids(ring(1, false, Set.of("b"), A, B, C).get(15, Operation.OWN)))
        .containsExactly("c");
    Ring joining = ring(1, false, Set.of(), A, B.withState(InstanceState.JOINING), C);
    assertThat(ids(joining.get(15, Operation.OWN))).containsExactly("c");
    assertThat(ids(joining.get(15, Operation.SYNC))).containsExactly("b", "c");
    assertThat(joining.owns("c", 15, Operation.OWN)).isTrue();
    assertThat(joining.owns("b", 15, Operation.OWN)).isFalse();
  }

  @Test
  void zones_shareTheReplicas_andOneMayBeLost() {
    Ring ring = Ring.of(many(9, 3), Set.of(), new RingRules(3, true));
    for (int token : new SplittableRandom(1).ints(500).toArray()) {
      assertThat(ring.get(token, Operation.WRITE).instances())
          .extracting(InstanceDescriptor::zone)
          .containsExactlyInAnyOrder("z0", "z1", "z2");
    }
    ReplicationSet all = ring.all(Operation.READ);
    assertThat(all.maxUnavailableZones()).isEqualTo(1);
    Quorum quorum = all.quorum();
    all.instances().stream().filter(i -> !i.zone().equals("z1")).forEach(quorum::success);
    assertThat(quorum.hasSucceeded()).isTrue();

    Quorum broken = all.quorum();
    broken.failure(all.instances().get(0));
    assertThat(broken.hasFailed()).isFalse();
    broken.failure(all.instances().get(3));
    assertThat(broken.hasFailed()).as("same zone").isFalse();
    broken.failure(all.instances().get(1));
    assertThat(broken.hasFailed()).as("two zones").isTrue();

    Ring zoneDead = Ring.of(many(9, 3), Set.of("i0", "i3", "i6"), new RingRules(3, true));
    assertThat(zoneDead.all(Operation.READ).instances()).hasSize(6);
    Ring twoZones = Ring.of(many(9, 3), Set.of("i0", "i1"), new RingRules(3, true));
    assertThatThrownBy(() -> twoZones.all(Operation.READ)).hasMessageContaining("z0, z1");
  }

  @Test
  void aTokenThatTwoClaim_belongsToTheFirstRegistered() {
    InstanceDescriptor late =
        new InstanceDescriptor(
            "0",
            "x:1",
            "",
            InstanceState.ACTIVE,
            Tokens.of(20),
            OLD.plusSeconds(1),
            OLD,
            false,
            Instant.EPOCH,
            "",
            1,
            1);
    assertThat(ids(ring(1, false, Set.of(), late, A, B).get(15, Operation.WRITE)))
        .containsExactly("b");
  }

  @Test
  void readOnlyInstances_takeNoWrites() {
    Ring ring = ring(1, false, Set.of(), A, B.withReadOnly(true, OLD), C);
    assertThat(ids(ring.get(15, Operation.WRITE))).containsExactly("c");
    assertThat(ids(ring.get(15, Operation.READ))).containsExactly("b", "c");
  }

  @Test
  void ownership_addsUpToTheWholeCircle() {
    Map<String, Double> parts = Ring.of(many(10, 0), Set.of(), new RingRules(1, false)).ownership();
    assertThat(parts.values().stream().mapToDouble(d -> d).sum()).isBetween(0.9999, 1.0001);
    assertThat(parts.values()).allSatisfy(p -> assertThat(p).isBetween(0.03, 0.25));
    assertThat(ring(1, false, Set.of(), B).ownership()).containsEntry("b", 1.0);
  }

  @Test
  void anEmptyRing_saysSo() {
    assertThatThrownBy(() -> ring(1, false, Set.of()).get(1, Operation.READ))
        .hasMessageContaining("ring is empty");
    assertThatThrownBy(() -> ring(1, false, Set.of()).all(Operation.READ))
        .hasMessageContaining("at least 1 live");
  }

  @Test
  void aShuffleShard_isStable_balancedOverZones_andMovesByOne() {
    List<InstanceDescriptor> all = many(30, 3);
    Ring ring = Ring.of(all, Set.of(), new RingRules(3, true));
    Ring without = Ring.of(all.subList(0, 29), Set.of(), new RingRules(3, true));
    Map<String, Integer> load = new HashMap<>();
    for (int tenant = 0; tenant < 300; tenant++) {
      Set<String> shard = shard(ring.shuffleShard("t" + tenant, 6));
      assertThat(shard(ring.shuffleShard("t" + tenant, 6))).isEqualTo(shard);
      assertThat(ring.shuffleShard("t" + tenant, 6).instances())
          .extracting(InstanceDescriptor::zone)
          .containsExactlyInAnyOrder("z0", "z0", "z1", "z1", "z2", "z2");
      Set<String> smaller = shard(without.shuffleShard("t" + tenant, 6));
      Set<String> kept = new HashSet<>(shard);
      kept.removeAll(smaller);
      assertThat(kept.size()).isLessThanOrEqualTo(1);
      shard.forEach(i -> load.merge(i, 1, Integer::sum));
    }
    assertThat(load.values()).allSatisfy(n -> assertThat(n).isBetween(30, 95));
    assertThat(ring.shuffleShard("t", 0)).isSameAs(ring);
    assertThat(ring.shuffleShard("t", 100)).isSameAs(ring);
  }

  @Test
  void aShardWithLookback_coversWhereWritesWentSince() {
    var random = new SplittableRandom(3);
    for (int round = 0; round < 300; round++) {
      List<InstanceDescriptor> old = new ArrayList<>(many(12, 0));
      Ring before = Ring.of(old, Set.of(), new RingRules(1, false));
      Instant since = OLD.plusSeconds(10);
      Instant change = OLD.plusSeconds(20);
      List<InstanceDescriptor> now = new ArrayList<>(old);
      for (int i = 0; i < random.nextInt(4); i++) {
        InstanceDescriptor fresh = instance("new" + i, "", InstanceState.ACTIVE, random.nextInt());
        now.add(
            new InstanceDescriptor(
                fresh.id(),
                fresh.address(),
                "",
                fresh.state(),
                fresh.tokens(),
                change,
                change,
                false,
                Instant.EPOCH,
                "",
                1,
                1));
      }
      int frozen = random.nextInt(12);
      now.set(frozen, now.get(frozen).withReadOnly(true, change));
      Ring after = Ring.of(now, Set.of(), new RingRules(1, false));
      String tenant = "t" + round;
      Set<String> read = shard(after.shuffleShard(tenant, 3, since));
      assertThat(read)
          .as("seed 3, round " + round)
          .containsAll(shard(before.shuffleShard(tenant, 3)));
      assertThat(read).containsAll(shard(after.shuffleShard(tenant, 3)));
      assertThat(shard(after.shuffleShard(tenant, 3))).doesNotContain("i" + frozen).hasSize(3);
      Set<String> later = shard(after.shuffleShard(tenant, 3, change.plusSeconds(1)));
      assertThat(later).isEqualTo(shard(after.shuffleShard(tenant, 3)));
    }
  }

  private static Set<String> shard(Ring ring) {
    return ring.instances().stream().map(InstanceDescriptor::id).collect(Collectors.toSet());
  }

  @Test
  void merging_isCommutative_associative_andIdempotent() {
    var random = new SplittableRandom(5);
    for (int round = 0; round < 500; round++) {
      List<RingState> states = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        List<InstanceDescriptor> some = new ArrayList<>();
        for (int k = 0; k < 4; k++) {
          InstanceState state = InstanceState.values()[random.nextInt(5)];
          some.add(
              instance("i" + random.nextInt(3), "z" + random.nextInt(2), state, random.nextInt(3))
                  .withIncarnation(random.nextInt(2))
                  .withVersion(random.nextInt(3)));
        }
        states.add(RingState.of(some));
      }
      RingState a = states.get(0);
      RingState b = states.get(1);
      RingState c = states.get(2);
      assertThat(a.merge(b)).as("seed 5, round " + round).isEqualTo(b.merge(a));
      assertThat(a.merge(b).merge(c)).isEqualTo(a.merge(b.merge(c)));
      assertThat(a.merge(a)).isEqualTo(a);
      assertThat(a.merge(b).newsFor(a.merge(b)).isEmpty()).isTrue();
    }
  }
}
