package io.foursight.distributor.profiles;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.TokenBucket;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.ProfileSet;
import io.foursight.model.profiles.ProfilesBatch;
import io.foursight.model.profiles.ProfilesSink;
import io.foursight.model.profiles.ProfilesWriteResult;
import io.foursight.wire.profiles.ProfileRefusals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Takes decoded pushes of any protocol through labels and limits to the sink. Safe from any
/// thread.
public final class ProfilesDistributor {
  private static final long IDLE_TENANT_MILLIS = Duration.ofHours(1).toMillis();

  /// What is kept for a tenant between requests.
  private static final class TenantState {
    final TokenBucket bytes;
    volatile SeriesLabels labels;
    volatile long seenMillis;

    TenantState(LongSupplier nanoClock, SeriesLabels labels) {
      this.bytes = new TokenBucket(nanoClock);
      this.labels = labels;
    }
  }

  private final DistributorConfig config;
  private final TenantLimits<ProfilesWriteLimits> limits;
  private final ProfilesSink sink;
  private final ProfilesDistributorMetrics metrics;
  private final RelabelExpression.Compiler expressions;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final RateShare share;
  private final InflightBytes inflight;
  private final Map<TenantId, TenantState> tenants = new ConcurrentHashMap<>();
  private final AtomicLong lastSweepMillis;
  private volatile boolean accepting = true;

  public ProfilesDistributor(
      DistributorConfig config,
      TenantLimits<ProfilesWriteLimits> limits,
      ProfilesSink sink,
      ProfilesDistributorMetrics metrics,
      RelabelExpression.Compiler expressions,
      InstantSource clock,
      LongSupplier nanoClock,
      RateShare share) {
    this.config = config;
    this.limits = limits;
    this.sink = sink;
    this.metrics = metrics;
    this.expressions = expressions;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.share = share;
    this.inflight = new InflightBytes(config.maxInflightPushBytes().bytes());
    this.lastSweepMillis = new AtomicLong(clock.millis());
    metrics.watch(inflight);
  }

  DistributorConfig config() {
    return config;
  }

  ProfilesDistributorMetrics metrics() {
    return metrics;
  }

  InflightBytes inflight() {
    return inflight;
  }

  /// Bytes that a request of a tenant may have, decompressed.
  long maxBodyBytes(TenantId tenant) {
    return limits.of(tenant).bodyBytes();
  }

  /// Takes requests from now on; so it is at first.
  void accept() {
    accepting = true;
  }

  /// Answers `UNAVAILABLE` from now on; requests that were admitted go on.
  void refuse() {
    accepting = false;
  }

  /// @throws FoursightException `UNAVAILABLE` outside of the service's life
  void admit() {
    if (!accepting) {
      throw FoursightException.unavailable("the distributor is starting or stopping");
    }
  }

  long nowNanos() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /// Fills the batch of a scratch from a request.
  @FunctionalInterface
  interface Decoding {
    void decode(ProfilesScratch scratch);
  }

  /// What a request came to.
  ///
  /// @param rejected profiles that are not stored
  /// @param limited whether a limit that may let them pass later refused any
  /// @param message why; empty when nothing was refused
  record Written(int stored, int rejected, boolean limited, String message) {
    boolean whole() {
      return rejected > 0 && stored == 0;
    }
  }

  /// @param bytes size of the request, decoded from its encoding
  /// @throws FoursightException `BAD_DATA`, `TOO_LARGE` when it does not decode; `LIMIT_EXCEEDED`
  ///   over the rate (nothing is stored); what the sink throws
  Written push(TenantId tenant, int bytes, Decoding decoding) {
    ProfilesWriteLimits l = limits.of(tenant);
    TenantState state = state(tenant, l);
    limitRate(tenant, state, l, bytes);
    var scratch = new ProfilesScratch(l.pprof(), nowNanos());
    try {
      decoding.decode(scratch);
    } catch (FoursightException e) {
      metrics.rejected(
          e.kind() == ErrorKind.TOO_LARGE ? "profile_size_limit" : "malformed_profile", 1);
      throw e;
    }
    ProfileRefusals refusals = scratch.refusals;
    metrics.received(scratch.batch.profiles() + refusals.profiles());
    int dropped = labelAndCheck(scratch, state.labels, l);
    if (dropped > 0) {
      metrics.rejected(SeriesLabels.Verdict.DROPPED, dropped);
    }
    refusals.list().forEach(metrics::rejected);
    int stored = 0;
    if (scratch.batch.profiles() > 0) {
      giveTwinsIds(scratch.batch);
      ProfilesWriteResult result = sink.write(tenant, scratch.batch);
      stored = result.profiles();
      metrics.accepted(tenant, stored, bytes);
      result
          .rejections()
          .forEach(r -> {
            metrics.rejected(r);
            refusals.add(r);
          });
    }
    return new Written(stored, refusals.profiles(), refusals.isLimited(), refusals.text());
  }

  /// Takes out what is refused, what has no samples, and what relabel rules drop.
  ///
  /// @return how many relabel rules dropped
  private int labelAndCheck(ProfilesScratch scratch, SeriesLabels rules, ProfilesWriteLimits l) {
    ProfilesBatch batch = scratch.batch;
    var removed = new BitSet();
    int dropped = 0;
    long oldest =
        l.rejectOlderThan().isPositive()
            ? scratch.nowNanos - l.rejectOlderThan().toNanos()
            : Long.MIN_VALUE;
    long newest =
        l.rejectNewerThan().isPositive()
            ? scratch.nowNanos + l.rejectNewerThan().toNanos()
            : Long.MAX_VALUE;
    var verdicts = new HashMap<Labels, SeriesLabels.Verdict>();
    for (int p = 0; p < batch.profiles(); p++) {
      if (batch.sampleStart(p) == batch.sampleEnd(p)) {
        removed.set(p);
        continue;
      }
      SeriesLabels.Verdict verdict = verdicts.computeIfAbsent(batch.labels(p), rules::of);
      long time = batch.timeNanos(p);
      if (!verdict.isGood()) {
        removed.set(p);
        if (verdict.reason().equals(SeriesLabels.Verdict.DROPPED)) {
          dropped++;
        } else {
          scratch.refusals.add(verdict.reason(), ErrorKind.BAD_DATA, 1, verdict::message);
        }
      } else if (time < oldest || time > newest) {
        removed.set(p);
        scratch.refusals.add(
            "not_in_ingestion_window",
            ErrorKind.BAD_DATA,
            1,
            () -> outside(verdict.labels(), time, oldest, newest));
      } else {
        batch.labels(p, verdict.labels());
      }
    }
    if (!removed.isEmpty()) {
      batch.remove(removed);
    }
    return dropped;
  }

  private static String outside(Labels labels, long time, long oldest, long newest) {
    var text =
        new StringBuilder("profile with labels '")
            .append(labels)
            .append("' is outside of ingestion window (profile timestamp: ")
            .append(instant(time))
            .append(", the ingestion window");
    if (oldest != Long.MIN_VALUE) {
      text.append(" starts at ").append(instant(oldest));
    }
    if (newest != Long.MAX_VALUE) {
      text.append(oldest == Long.MIN_VALUE ? " ends at " : " and ends at ").append(instant(newest));
    }
    return text.append("; limits.reject_older_than, limits.reject_newer_than)").toString();
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
  }

  /// Two profiles of one push that relabelling or their file made equal in series, time and id
  /// would be taken for copies of one; the second gets an id of its own, the same each time.
  private static void giveTwinsIds(ProfilesBatch batch) {
    if (batch.profiles() == 1) {
      return;
    }
    var seen = new ProfileSet();
    for (int p = 0; p < batch.profiles(); p++) {
      int series = seen.series(batch.labels(p));
      while (!seen.add(series, batch.timeNanos(p), batch.idHigh(p), batch.idLow(p))) {
        batch.id(p, batch.idHigh(p), batch.idLow(p) + 1);
      }
    }
  }

  private void limitRate(TenantId tenant, TenantState state, ProfilesWriteLimits l, int bytes) {
    double rate = l.profilesIngestionRateMb() * (1 << 20);
    long burst = (long) Math.max(rate, l.profilesIngestionBurstSizeMb() * (1 << 20));
    if (!state.bytes.take(bytes, share.of(rate), burst)) {
      metrics.rejected("rate_limited", 1);
      throw new FoursightException(
          ErrorKind.LIMIT_EXCEEDED,
          "push rate limit ("
              + l.profilesIngestionRateMb()
              + " MB/s) exceeded while adding "
              + bytes
              + " bytes for tenant "
              + tenant
              + " (limits.profiles_ingestion_rate_mb, limits.profiles_ingestion_burst_size_mb = "
              + l.profilesIngestionBurstSizeMb()
              + ")");
    }
  }

  private TenantState state(TenantId tenant, ProfilesWriteLimits l) {
    long now = clock.millis();
    TenantState state = tenants.get(tenant);
    if (state == null) {
      sweep(now);
      state =
          tenants.computeIfAbsent(
              tenant, unused -> new TenantState(nanoClock, new SeriesLabels(l, expressions)));
    }
    if (!state.labels.limits().equals(l)) {
      state.labels = new SeriesLabels(l, expressions);
    }
    state.seenMillis = now;
    return state;
  }

  /// Forgets tenants that have been idle for long, at most once in that time.
  private void sweep(long now) {
    long last = lastSweepMillis.get();
    if (now - last > IDLE_TENANT_MILLIS && lastSweepMillis.compareAndSet(last, now)) {
      tenants.values().removeIf(state -> now - state.seenMillis > IDLE_TENANT_MILLIS);
    }
  }
}
