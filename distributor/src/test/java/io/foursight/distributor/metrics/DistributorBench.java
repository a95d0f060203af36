package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.DistributorMetrics;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RetryAfter;
import io.foursight.model.FoursightException;
import io.foursight.model.SeriesHash;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

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

  /// An engine of regular expressions for relabel rules; the real one is wired in `cmd`.
  static RelabelExpression expression(String text) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(text, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw FoursightException.badData(e.getDescription());
    }
    return (value, template) -> {
      var matcher = pattern.matcher(value);
      return matcher.matches()
          ? Optional.of(
              Pattern.compile("\\$\\{?(\\d+)}?")
                  .matcher(template)
                  .replaceAll(
                      g -> Matcher.quoteReplacement(matcher.group(Integer.parseInt(g.group(1))))))
          : Optional.empty();
    };
  }

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
            DistributorBench::expression,
            new DistributorMetrics(registry),
            new SeriesHash(1, 2),
            () -> Instant.ofEpochMilli(nowMillis),
            () -> nowMillis * 1_000_000,
            RateShare.WHOLE);
    remoteWrite = new RemoteWriteRoutes(distributor, retryAfter);
  }
}
