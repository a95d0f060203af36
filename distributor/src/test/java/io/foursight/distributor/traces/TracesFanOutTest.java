package io.foursight.distributor.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.distributor.replication.QuorumWriter;
import io.foursight.distributor.replication.ReplicationMetrics;
import io.foursight.distributor.replication.ShardingLimits;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceState;
import io.foursight.ring.Ring;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingView;
import io.foursight.ring.Tokens;
import io.foursight.wire.signals.EncodedSink;
import io.foursight.wire.traces.rpc.TracesSinkService;
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

/// A write counts when a quorum has each of its traces, and only then.
@Timeout(30)
class TracesFanOutTest {
  private static final TenantId TENANT = new TenantId("t");

  /// By instance: `trace/span`, as often as it came.
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

  private TracesFanOut fanOut(int instances) {
    return new TracesFanOut(
        RingView.fixed(RingName.INGESTER, ring(instances)),
        this::ingester,
        new QuorumWriter(1 << 30, new ReplicationMetrics(new SimpleMeterRegistry(), Signal.TRACES)),
        tenant -> new ShardingLimits(0));
  }

  private EncodedSink<TracesWriteResult> ingester(InstanceDescriptor instance) {
    return TracesSinkService.local((tenant, batch) -> {
      if (failing.containsKey(instance.id())) {
        throw failing.get(instance.id());
      }
      var mine = new ArrayList<String>();
      for (int i = 0; i < batch.spanCount(); i++) {
        mine.add(new TraceId(batch.traceHigh(i), batch.traceLow(i)) + "/" + batch.spanId(i));
      }
      stored.merge(
          instance.id(),
          mine,
          (a, b) -> {
            var both = new ArrayList<>(a);
            both.addAll(b);
            return both;
          });
      int refused = rejections.stream().mapToInt(Rejection::spans).sum();
      return new TracesWriteResult(batch.spanCount() - refused, rejections);
    });
  }

  /// Spans of the traces in turn.
  private static TracesBatch batch(int traces, int spans) {
    var batch = new TracesBatch(new byte[16]);
    for (int i = 0; i < spans; i++) {
      if (i % 5 == 0) {
        batch.addResource(i % 3, 2, 0, 0);
        batch.addScope(i % 7, 1, 0, 0);
      }
      batch.addSpan(i % 4, 3, i % traces, 1, i, 1000 + i, 2000 + i);
    }
    return batch;
  }

  private Map<String, Long> copies() {
    var copies = new HashMap<String, Long>();
    stored.values().forEach(all -> all.forEach(span -> copies.merge(span, 1L, Long::sum)));
    return copies;
  }

  @Test
  void everySpan_goesToThreeInstances_andAllOfATraceToTheSame() {
    TracesWriteResult result = fanOut(5).write(TENANT, batch(40, 200));
    assertThat(result).isEqualTo(new TracesWriteResult(200, List.of()));
    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(copies()).hasSize(200);
          assertThat(copies().values()).containsOnly(3L);
        });
    assertThat(stored).hasSize(5);
    for (List<String> mine : stored.values()) {
      var spansOf = new HashMap<String, Integer>();
      mine.forEach(span -> spansOf.merge(span.substring(0, 32), 1, Integer::sum));
      assertThat(spansOf.values()).containsOnly(5);
    }
  }

  @Test
  void oneFailedReplica_isNotNoticed_andTwoAre() {
    TracesFanOut fanOut = fanOut(3);
    failing.put("i0", FoursightException.unavailable("gone"));
    assertThat(fanOut.write(TENANT, batch(10, 50)).spans()).isEqualTo(50);
    failing.put("i1", FoursightException.unavailable("gone too"));
    assertThatThrownBy(() -> fanOut.write(TENANT, batch(10, 50)))
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessageContaining("too few ingesters");
  }

  @Test
  void whatMostReplicasRefuse_isReportedOnce() {
    var refused = new Rejection("trace_too_large", ErrorKind.LIMIT_EXCEEDED, "9 > 8", 4);
    rejections = List.of(refused);
    assertThat(fanOut(3).write(TENANT, batch(2, 10)))
        .isEqualTo(new TracesWriteResult(6, List.of(refused)));
  }
}
