package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.DistributorMetrics;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.metrics.SeriesHash;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/// A distributor over a recording sink with a clock that the test moves.
final class DistributorBench {
  static final long NOW = 1_790_000_000_000L;

  final RecordingSink sink = new RecordingSink();
  long nowMillis = NOW;
  DistributorLimits limits = DistributorLimits.defaults();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final MetricsDistributor distributor;
  final RemoteWriteRoutes remoteWrite;
  final RetryAfter retryAfter = new RetryAfter(new Random(1));

  DistributorBench() {
    this(DistributorConfig.defaults());
  }

  DistributorBench(DistributorConfig config) {
    distributor =
        new MetricsDistributor(
            config,
            tenant -> limits,
            sink,
            new LocalHaElections(
                () -> Instant.ofEpochMilli(nowMillis), Duration.ofSeconds(30), Duration.ZERO),
            new DistributorMetrics(registry),
            new SeriesHash(1, 2),
            () -> Instant.ofEpochMilli(nowMillis),
            () -> nowMillis * 1_000_000);
    remoteWrite = new RemoteWriteRoutes(distributor, retryAfter);
  }
}
