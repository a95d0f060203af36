package io.foursight.distributor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private final AtomicLong nanos = new AtomicLong(-5);

  @Test
  void tokenBucket_letsTheBurstThroughAndThenTheRate() {
    var bucket = new TokenBucket(nanos::get);
    assertThat(bucket.take(100, 10, 100)).isTrue();
    assertThat(bucket.take(1, 10, 100)).isFalse();
    nanos.addAndGet(100_000_000);
    assertThat(bucket.take(1, 10, 100)).isTrue();
    assertThat(bucket.take(1, 10, 100)).isFalse();
    nanos.addAndGet(1_000_000_000_000L);
    assertThat(bucket.take(101, 10, 100)).isFalse();
    assertThat(bucket.take(100, 10, 100)).isTrue();
  }

  /// Over a long time no more than burst + rate x time passes, whatever the pattern.
  @Test
  void tokenBucket_keepsTheRateOverRandomRequests() {
    for (long seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      nanos.set(random.nextLong(1L << 40));
      var bucket = new TokenBucket(nanos::get);
      long start = nanos.get();
      long taken = 0;
      for (int i = 0; i < 2000; i++) {
        nanos.addAndGet(random.nextInt(20_000_000));
        int n = random.nextInt(1, 50);
        taken += bucket.take(n, 1000, 200) ? n : 0;
        double allowed = 200 + (nanos.get() - start) / 1e9 * 1000 + 1;
        assertThat((double) taken).as("seed %d", seed).isLessThanOrEqualTo(allowed);
      }
      assertThat(taken).as("seed %d", seed).isGreaterThan(1000);
    }
  }

  /// A tenant whose requests are spread over all distributors gets its rate once, and at once more
  /// of it from each that stays when others go.
  @Test
  void severalDistributors_grantTheRateTogether() {
    var live = new AtomicInteger(4);
    var share = new RateShare(live::get);
    var buckets = List.of(bucket(), bucket(), bucket(), bucket());
    long granted = 0;
    for (int tick = 0; tick < 1000; tick++) {
      nanos.addAndGet(10_000_000);
      for (TokenBucket bucket : buckets) {
        granted += bucket.take(1, share.of(40), 1) ? 1 : 0;
      }
    }
    assertThat(granted).isBetween(396L, 404L);
    live.set(0);
    assertThat(share.of(40)).isEqualTo(40);
  }

  private TokenBucket bucket() {
    return new TokenBucket(nanos::get);
  }

  @Test
  void rateOfZero_isUnlimited() {
    assertThat(new TokenBucket(nanos::get).take(Long.MAX_VALUE, 0, 0)).isTrue();
  }

  @Test
  void inflightBytes_refuseOverTheBoundButNeverALoneRequest() {
    var inflight = new InflightBytes(100);
    try (var alone = inflight.hold()) {
      alone.add(500);
      alone.add(500);
      try (var second = inflight.hold()) {
        assertThatThrownBy(() -> second.add(1))
            .hasMessageContaining("1000 bytes of write requests are in flight")
            .extracting(e -> ((FoursightException) e).kind())
            .isEqualTo(ErrorKind.UNAVAILABLE);
      }
      assertThat(inflight.heldBytes()).isEqualTo(1000);
    }
    assertThat(inflight.heldBytes()).isZero();
    assertThat(inflight.refusedRequests()).isEqualTo(1);
  }

  @Test
  void retryAfter_doublesWithAttemptsUpTo96SecondsGiveOrTakeHalf() {
    var retryAfter = new RetryAfter(new Random(1));
    for (int i = 0; i < 200; i++) {
      assertThat(retryAfter.seconds(Optional.empty())).isBetween(3, 9);
      assertThat(retryAfter.seconds(Optional.of("2"))).isBetween(6, 18);
      assertThat(retryAfter.seconds(Optional.of("99999999"))).isBetween(48, 144);
      assertThat(retryAfter.seconds(Optional.of("soon"))).isBetween(3, 9);
      assertThat(retryAfter.seconds(Optional.of("-3"))).isBetween(3, 9);
    }
  }

  @Test
  void defaults_areTheDocumentedOnes() {
    var limits = DistributorLimits.defaults();
    assertThat(limits.ingestionRate()).isZero();
    assertThat(limits.maxLabelNameLength()).isEqualTo(1024);
    assertThat(limits.maxLabelValueLength()).isEqualTo(2048);
    assertThat(limits.creationGracePeriod()).hasMinutes(10);
    assertThat(limits.nameValidationScheme()).isEqualTo(DistributorLimits.NameScheme.UTF8);
    assertThat(limits.otelMetricSuffixesEnabled()).isTrue();
    assertThat(DistributorConfig.defaults().maxRecvMsgSize().bytes()).isEqualTo(100L << 20);
  }
}
