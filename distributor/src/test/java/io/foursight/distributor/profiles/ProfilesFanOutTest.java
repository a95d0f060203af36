package io.foursight.distributor.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.ReplicationMetrics;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.model.profiles.ProfilesWriteResult.Rejection;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Ring;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingView;
import io.foursight.ring.Tokens;
import io.foursight.wire.profiles.rpc.ProfilesSinkService;
import io.foursight.wire.signals.EncodedSink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A write counts when a quorum has each of its profiles, and only then.
@Timeout(30)
class ProfilesFanOutTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final List<ProfileType> TYPES =
      List.of(
          ProfileType.parse("memory:alloc_space:bytes:space:bytes"),
          ProfileType.parse("memory:inuse_space:bytes:space:bytes"));

  /// By instance: `pod/type`, as often as it came.
  private final Map<String, List<String>> stored = new ConcurrentHashMap<>();

  private final Map<String, RuntimeException> failing = new HashMap<>();
  private List<Rejection> rejections = List.of();

  private static Ring ring(int instances) {
    var random = new Random(7);
    var all = new ArrayList<InstanceDescriptor>();
    for (int i = 0; i < instances; i++) {
      int[] tokens = IntStream.generate(random::nextInt).limit(64).distinct().sorted().toArray();
      all.add(
          new InstanceDescriptor(
              "i" + i,
              "host:" + i,
              "",
              InstanceState.ACTIVE,
              Tokens.of(tokens),
              Instant.EPOCH,
              Instant.EPOCH,
              false,
              Instant.EPOCH,
              "",
              1,
              1));
    }
    return Ring.of(all, Set.of(), new RingRules(3, false));
  }

  private ProfilesFanOut fanOut(int instances) {
    return new ProfilesFanOut(
        RingView.fixed(RingName.INGESTER, ring(instances)),
        this::ingester,
        new QuorumWriter(
            1 << 30, new ReplicationMetrics(new SimpleMeterRegistry(), Signal.PROFILES)),
        tenant -> new ShardingLimits(0));
  }

  private EncodedSink<ProfilesWriteResult> ingester(InstanceDescriptor instance) {
    return ProfilesSinkService.local((tenant, batch) -> {
      if (failing.containsKey(instance.id())) {
        throw failing.get(instance.id());
      }
      var mine = new ArrayList<String>();
      for (int p = 0; p < batch.profiles(); p++) {
        mine.add(batch.labels(p).get("pod") + "/" + batch.labels(p).get(ProfileType.LABEL));
        assertThat(batch.value(batch.sampleStart(p))).isEqualTo(batch.timeNanos(p));
        assertThat(batch.symbols().string(batch.symbols().functionName(0))).isEqualTo("main");
      }
      stored.merge(
          instance.id(),
          mine,
          (a, b) -> {
            var both = new ArrayList<>(a);
            both.addAll(b);
            return both;
          });
      int refused = rejections.stream().mapToInt(Rejection::profiles).sum();
      return new ProfilesWriteResult(batch.profiles() - refused, rejections);
    });
  }

  /// Two sample types of each pod.
  private static ProfilesBatch batch(int pods) {
    var symbols = new ProfileSymbols();
    symbols.addFunction(symbols.addString("main"), 0, 0, 0);
    symbols.addLocation(-1, 1);
    symbols.addLine(0, 1);
    symbols.addStack(-1, 0);
    var batch = new ProfilesBatch(symbols);
    for (int pod = 0; pod < pods; pod++) {
      for (ProfileType type : TYPES) {
        batch.beginProfile(type.label(Labels.of("pod", "p" + pod)), pod, 0, 0, 1, pod);
        batch.addSample(0, pod, 0, 0, 0);
      }
    }
    return batch;
  }

  @Test
  void everyProfile_goesToThreeInstances_andTheTypesOfATargetToTheSame() {
    assertThat(fanOut(5).write(TENANT, batch(60)))
        .isEqualTo(new ProfilesWriteResult(120, List.of()));
    Awaitility.await()
        .untilAsserted(() -> {
          var copies = new HashMap<String, Long>();
          stored.values().forEach(all -> all.forEach(p -> copies.merge(p, 1L, Long::sum)));
          assertThat(copies).hasSize(120);
          assertThat(copies.values()).containsOnly(3L);
        });
    assertThat(stored).hasSize(5);
    for (List<String> mine : stored.values()) {
      for (String profile : mine) {
        String pod = profile.substring(0, profile.indexOf('/'));
        for (ProfileType type : TYPES) {
          assertThat(mine).contains(pod + "/" + type.id());
        }
      }
    }
  }

  @Test
  void oneFailedReplica_isNotNoticed_andTwoAre() {
    ProfilesFanOut fanOut = fanOut(3);
    failing.put("i0", FoursightException.unavailable("gone"));
    assertThat(fanOut.write(TENANT, batch(10)).profiles()).isEqualTo(20);
    failing.put("i1", FoursightException.unavailable("gone too"));
    assertThatThrownBy(() -> fanOut.write(TENANT, batch(10)))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessageContaining("too few ingesters");
  }

  @Test
  void whatMostReplicasRefuse_isReportedOnce() {
    var refused = new Rejection("series_limit", ErrorKind.LIMIT_EXCEEDED, "9 > 8", 4);
    rejections = List.of(refused);
    assertThat(fanOut(3).write(TENANT, batch(5)))
        .isEqualTo(new ProfilesWriteResult(6, List.of(refused)));
  }
}
