package io.foursight.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One instance on a clock of the test's own; many of them are in the simulation.
class LifecyclerTest {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  @TempDir private Path directory;
  private final TestTime time = new TestTime();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private RingStore store = new MemoryRingStore();

  private Lifecycler lifecycler(String id, int tokens, Duration forget, boolean unregister) {
    var client = new RingClient(RingName.INGESTER, store, new RingRules(1, false), TIMEOUT, time);
    client.start();
    return new Lifecycler(
        new InstanceSettings(
            RingName.INGESTER,
            id,
            id + ":9095",
            "",
            "1.0",
            tokens,
            Optional.of(directory.resolve(id).resolve("tokens.json")),
            HEARTBEAT,
            TIMEOUT,
            forget,
            unregister,
            Duration.ofSeconds(5),
            Duration.ZERO),
        store,
        client,
        time,
        new SplittableRandom(id.hashCode()),
        new LifecyclerMetrics(meters, RingName.INGESTER));
  }

  private Lifecycler lifecycler(String id) {
    return lifecycler(id, 8, Duration.ZERO, true);
  }

  private InstanceDescriptor inRing(String id) {
    return store.read(RingName.INGESTER).instance(id).orElseThrow();
  }

  private double count(String meter) {
    return meters.get("foursight_ring_" + meter + "_total").counter().count();
  }

  @Test
  void aNewInstance_isPendingWithoutTokens_thenActiveWithThem_thenReady() {
    Lifecycler life = lifecycler("a");
    assertThat(life.notReady()).get().asString().contains("not registered");
    life.start();
    assertThat(inRing("a").state()).isEqualTo(InstanceState.PENDING);
    assertThat(inRing("a").tokens().isEmpty()).isTrue();
    assertThat(life.notReady()).hasValue("ring ingester: instance is PENDING");
    life.activate();
    assertThat(inRing("a").state()).isEqualTo(InstanceState.ACTIVE);
    assertThat(inRing("a").tokens().size()).isEqualTo(8);
    assertThat(life.notReady()).get().asString().contains("min_ready_duration");
    time.go(Duration.ofSeconds(5));
    assertThat(life.notReady()).isEmpty();
  }

  @Test
  void tokens_outliveTheProcess_inTheirFile() throws IOException {
    Lifecycler life = lifecycler("a");
    life.start();
    life.activate();
    Tokens tokens = life.self().tokens();
    life.stop(Deadline.NONE);
    assertThat(inRing("a").isLeft()).isTrue();
    assertThat(Files.readString(directory.resolve("a/tokens.json"))).startsWith("{\"tokens\":[");

    Lifecycler again = lifecycler("a");
    again.start();
    assertThat(inRing("a").state()).isEqualTo(InstanceState.JOINING);
    assertThat(inRing("a").tokens()).isEqualTo(tokens);

    again.stop(Deadline.NONE);
    Lifecycler smaller = lifecycler("a", 3, Duration.ZERO, true);
    smaller.start();
    assertThat(smaller.self().tokens().size()).isEqualTo(3);
    assertThat(tokens.toArray()).contains(smaller.self().tokens().toArray());
  }

  @Test
  void aTokensFileThatMakesNoSense_isPassedOver() throws IOException {
    Path file = directory.resolve("a/tokens.json");
    Files.createDirectories(file.getParent());
    for (String text : List.of("", "{", "{\"tokens\":[1,\"x\"]}", "{\"tokens\":[4294967296]}")) {
      Files.writeString(file, text);
      assertThat(new TokensFile(file).read()).as(text).isEqualTo(Tokens.NONE);
    }
    Files.writeString(file, "{\"tokens\":[1,4294967295,1]}");
    assertThat(new TokensFile(file).read()).isEqualTo(Tokens.of(1, -1));
  }

  @Test
  void heartbeats_growEvenWhenTheClockGoesBack() {
    Lifecycler life = lifecycler("a");
    life.start();
    life.activate();
    InstanceDescriptor before = inRing("a");
    time.setWall(Instant.parse("2020-01-01T00:00:00Z"));
    time.go(HEARTBEAT.multipliedBy(2));
    assertThat(inRing("a").version()).isGreaterThan(before.version() + 1);
    assertThat(inRing("a").heartbeat()).isEqualTo(before.heartbeat());
    assertThat(count("heartbeats")).isEqualTo(2);
  }

  @Test
  void aViewer_judgesSilenceByItsOwnClock_notByTheHeartbeats() {
    var client = new RingClient(RingName.INGESTER, store, new RingRules(1, false), TIMEOUT, time);
    client.start();
    // Its clock is an hour fast or slow, but it speaks.
    for (int hours : new int[] {1, -1}) {
      String id = "skewed" + hours;
      Instant wrong = time.now().plus(Duration.ofHours(hours));
      for (int i = 0; i < 8; i++) {
        long version = i + 1;
        store.update(
            RingName.INGESTER,
            s ->
                s.with(
                    RingTest.instance(id, "", InstanceState.ACTIVE, 5)
                        .withHeartbeat(wrong)
                        .withVersion(version)));
        time.go(Duration.ofSeconds(15));
        if (i > 0) {
          assertThat(client.ring().isHealthy(client.ring().instance(id).orElseThrow())).isTrue();
        }
      }
    }
    time.go(TIMEOUT);
    assertThat(client.ring().healthy(Operation.READ)).isEmpty();
    // Seen for the first time with an old heartbeat: it has been silent all along.
    store.update(
        RingName.INGESTER,
        s -> s.with(RingTest.instance("dead", "", InstanceState.ACTIVE, 9).withVersion(100)));
    assertThat(client.ring().isHealthy(client.ring().instance("dead").orElseThrow())).isFalse();
  }

  @Test
  void aHeartbeatAlone_makesNoNewSnapshot() {
    Lifecycler life = lifecycler("a");
    life.start();
    life.activate();
    var client = new RingClient(RingName.INGESTER, store, new RingRules(1, false), TIMEOUT, time);
    List<Ring> seen = new ArrayList<>();
    client.start();
    client.onChange(seen::add);
    Ring before = client.ring();
    time.go(HEARTBEAT.multipliedBy(10));
    assertThat(client.ring()).isSameAs(before);
    life.leave();
    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst().instances().getFirst().state()).isEqualTo(InstanceState.LEAVING);
  }

  @Test
  void silentInstances_areForgottenAfterTheirTime_notBefore() {
    Lifecycler life = lifecycler("a", 8, Duration.ofMinutes(10), true);
    life.start();
    store.update(
        RingName.INGESTER,
        s ->
            s.with(
                RingTest.instance("dead", "", InstanceState.ACTIVE, 9)
                    .withHeartbeat(time.now())
                    .withVersion(s.nextVersion(0))));
    time.go(Duration.ofMinutes(9));
    assertThat(inRing("dead").isLeft()).isFalse();
    time.go(Duration.ofMinutes(2));
    assertThat(inRing("dead").isLeft()).isTrue();
    assertThat(count("auto_forgotten")).isEqualTo(1);
  }

  @Test
  void anInstanceThatIsForgottenWhileItLives_comesBackAsItWas() {
    Lifecycler life = lifecycler("a");
    life.start();
    life.activate();
    Tokens tokens = life.self().tokens();
    long incarnation = life.self().incarnation();
    store.update(RingName.INGESTER, s -> s.forget("a", time.now().toEpochMilli()));
    time.go(Duration.ofMillis(1));
    assertThat(inRing("a").state()).isEqualTo(InstanceState.ACTIVE);
    assertThat(inRing("a").tokens()).isEqualTo(tokens);
    assertThat(inRing("a").incarnation()).isGreaterThan(incarnation);
  }

  @Test
  void twins_contradictEachOtherAFewTimesAHeartbeat_notInALoop() {
    Lifecycler first = lifecycler("a");
    first.start();
    first.activate();
    time.go(Duration.ofSeconds(1));
    store.update(RingName.INGESTER, s -> RingState.EMPTY);
    Lifecycler twin = lifecycler("a");
    twin.start();
    twin.activate();
    time.go(Duration.ofMinutes(2));
    assertThat(count("id_conflicts")).isBetween(2.0, 40.0);
    assertThat(first.notReady()).isEmpty();
    assertThat(twin.notReady()).get().asString().contains("used by another process");
  }

  @Test
  void anInstanceThatStays_isLeavingAfterItsStop_andKeepsItsTokensInTheRing() {
    Lifecycler life = lifecycler("a", 8, Duration.ZERO, false);
    life.start();
    life.activate();
    Tokens tokens = life.self().tokens();
    life.stop(Deadline.NONE);
    assertThat(inRing("a").state()).isEqualTo(InstanceState.LEAVING);
    assertThat(inRing("a").tokens()).isEqualTo(tokens);
    life.stop(Deadline.NONE);
    assertThat(life.notReady()).hasValue("ring ingester: left");
  }

  @Test
  void readOnly_isKeptOverARestart() {
    Lifecycler life = lifecycler("a", 8, Duration.ZERO, false);
    life.start();
    life.activate();
    life.readOnly(true);
    assertThat(inRing("a").readOnly()).isTrue();
    assertThat(inRing("a").readOnlySince()).isEqualTo(time.now());
    life.stop(Deadline.NONE);
    time.go(Duration.ofMinutes(5));
    Lifecycler again = lifecycler("a");
    again.start();
    assertThat(inRing("a").readOnly()).isTrue();
    assertThat(inRing("a").registered()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Test
  void aStoreThatIsAway_delaysTheStart_andIsForgivenLater() {
    var broken = new BreakableStore(store);
    store = broken;
    broken.away = true;
    Lifecycler life = lifecycler("a");
    var started = life.begin();
    time.go(Duration.ofSeconds(10));
    assertThat(started).isNotDone();
    broken.away = false;
    time.go(Duration.ofSeconds(1));
    assertThat(started).isCompleted();
    life.activate();
    broken.away = true;
    time.go(Duration.ofMinutes(5));
    assertThat(count("write_failures")).isGreaterThan(10);
    broken.away = false;
    time.go(HEARTBEAT);
    assertThat(Duration.between(inRing("a").heartbeat(), time.now())).isLessThan(HEARTBEAT);
  }

  @Test
  void aMember_isRegisteredAroundItsComponent_andLeavesTheRingWhenItFailsToStart() {
    List<String> events = new ArrayList<>();
    Lifecycler life = lifecycler("a");
    var member =
        new RingMember(
            life,
            new io.foursight.runtime.Service() {
              @Override
              public void start() {
                events.add("start " + inRing("a").state());
              }

              @Override
              public void stop(Deadline deadline) {
                events.add("stop " + inRing("a").state());
              }
            });
    member.start();
    events.add("running " + inRing("a").state());
    member.stop(Deadline.NONE);
    events.add("stopped " + inRing("a").state());
    assertThat(events)
        .containsExactly("start PENDING", "running ACTIVE", "stop LEAVING", "stopped LEFT");
  }

  /// Passes everything on, or fails.
  private static final class BreakableStore implements RingStore {
    private final RingStore store;
    private boolean away;

    BreakableStore(RingStore store) {
      this.store = store;
    }

    @Override
    public RingState read(RingName ring) {
      return store.read(ring);
    }

    @Override
    public RingState update(RingName ring, UnaryOperator<RingState> change) {
      if (away) {
        throw FoursightException.unavailable("away");
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
