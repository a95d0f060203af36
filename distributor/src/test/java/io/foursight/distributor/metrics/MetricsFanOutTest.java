package io.foursight.distributor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.ReplicationMetrics;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Ring;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingView;
import io.foursight.ring.Tokens;
import io.foursight.wire.metrics.rpc.MetricsSinkService;
import io.foursight.wire.signals.EncodedSink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A write counts when a quorum has each of its series, and only then.
@Timeout(30)
class MetricsFanOutTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final SeriesHash HASH = new SeriesHash(1, 2);

  private final Map<String, Map<String, Integer>> stored = new ConcurrentHashMap<>();
  private final Map<String, RuntimeException> failing = new HashMap<>();
  private final Map<String, CountDownLatch> hanging = new HashMap<>();
  private List<Rejection> rejections = List.of();

  private static Ring ring(int instances, int factor, String... zones) {
    var random = new Random(7);
    var all = new ArrayList<InstanceDescriptor>();
    for (int i = 0; i < instances; i++) {
      int[] tokens = IntStream.generate(random::nextInt).limit(64).distinct().sorted().toArray();
      all.add(
          new InstanceDescriptor(
              "i" + i,
              "host:" + i,
              zones.length == 0 ? "" : zones[i % zones.length],
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
    return Ring.of(all, Set.of(), new RingRules(factor, zones.length > 0));
  }

  private MetricsFanOut fanOut(Ring ring) {
    return new MetricsFanOut(
        RingView.fixed(RingName.INGESTER, ring),
        this::ingester,
        new QuorumWriter(
            1 << 30, new ReplicationMetrics(new SimpleMeterRegistry(), Signal.METRICS)),
        tenant -> new ShardingLimits(0));
  }

  private EncodedSink<MetricsWriteResult> ingester(InstanceDescriptor instance) {
    return MetricsSinkService.local(
        (tenant, batch) -> {
          if (failing.containsKey(instance.id())) {
            throw failing.get(instance.id());
          }
          if (hanging.containsKey(instance.id())) {
            try {
              hanging.get(instance.id()).await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          Map<String, Integer> mine = stored.computeIfAbsent(instance.id(), i -> new TreeMap<>());
          for (int s = 0; s < batch.seriesCount(); s++) {
            String name =
                LabelBytes.decode(batch.labelBytes(s), batch.labelOffset(s), batch.labelLength(s))
                    .toString();
            mine.merge(name, batch.sampleEnd(s) - batch.sampleStart(s), Integer::sum);
          }
          int refused = rejections.stream().mapToInt(Rejection::count).sum();
          return new MetricsWriteResult(batch.sampleCount() - refused, 0, 0, rejections);
        },
        HASH);
  }

  private static MetricsBatch batch(int series) {
    var body = new ByteArrayOutputStream();
    int[] offsets = new int[series + 1];
    for (int i = 0; i < series; i++) {
      body.writeBytes(LabelBytes.encode(Labels.of("__name__", "m", "i", "v" + i)));
      offsets[i + 1] = body.size();
    }
    var batch = new MetricsBatch(body.toByteArray());
    for (int i = 0; i < series; i++) {
      batch.beginSeries(offsets[i], offsets[i + 1] - offsets[i]);
      batch.addSample(1000 + i, i);
    }
    return batch;
  }

  private long copies(String series) {
    return stored.values().stream().filter(m -> m.containsKey(series)).count();
  }

  @Test
  void everySeries_goesToAsManyInstancesAsTheFactorSays_eachOnce() {
    MetricsWriteResult result = fanOut(ring(5, 3)).write(TENANT, batch(200));
    assertThat(result.samples()).isEqualTo(200);
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(
                    stored.values().stream()
                        .flatMap(m -> m.values().stream())
                        .mapToInt(i -> i)
                        .sum())
                .isEqualTo(600));
    for (int i = 0; i < 200; i++) {
      assertThat(copies("{__name__=\"m\", i=\"v" + i + "\"}")).isEqualTo(3);
    }
    assertThat(stored).hasSize(5);
  }

  @Test
  void oneFailedReplica_isNotNoticed_andTwoAre() {
    MetricsFanOut fanOut = fanOut(ring(3, 3));
    failing.put("i0", FoursightException.unavailable("gone"));
    assertThat(fanOut.write(TENANT, batch(50)).samples()).isEqualTo(50);
    failing.put("i1", FoursightException.unavailable("gone too"));
    assertThatThrownBy(() -> fanOut.write(TENANT, batch(50)))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessageContaining("too few ingesters");
  }

  @Test
  void aReplicaThatHangs_isNotWaitedFor() {
    hanging.put("i2", new CountDownLatch(1));
    long began = System.nanoTime();
    assertThat(fanOut(ring(3, 3)).write(TENANT, batch(10)).samples()).isEqualTo(10);
    assertThat((System.nanoTime() - began) / 1_000_000).isLessThan(5000);
    hanging.get("i2").countDown();
  }

  @Test
  void aWholeZone_mayFail() {
    MetricsFanOut fanOut = fanOut(ring(6, 3, "za", "zb", "zc"));
    failing.put("i0", FoursightException.unavailable("gone"));
    failing.put("i3", FoursightException.unavailable("gone"));
    assertThat(fanOut.write(TENANT, batch(100)).samples()).isEqualTo(100);
  }

  @Test
  void whatMostReplicasRefuse_isReportedOnce() {
    rejections = List.of(new Rejection("too_old", ErrorKind.BAD_DATA, "ts=1", 4));
    MetricsWriteResult result = fanOut(ring(3, 3)).write(TENANT, batch(10));
    assertThat(result.rejections())
        .containsExactly(new Rejection("too_old", ErrorKind.BAD_DATA, "ts=1", 4));
    assertThat(result.samples()).isEqualTo(6);
  }

  @Test
  void aLimitThatMostReplicasName_keepsItsKind() {
    for (String id : List.of("i0", "i1", "i2")) {
      failing.put(id, new FoursightException(ErrorKind.LIMIT_EXCEEDED, "slow down"));
    }
    assertThatThrownBy(() -> fanOut(ring(3, 3)).write(TENANT, batch(10)))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.LIMIT_EXCEEDED))
        .hasMessageContaining("slow down");
  }
}
