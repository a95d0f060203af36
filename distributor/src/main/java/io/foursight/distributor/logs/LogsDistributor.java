package io.foursight.distributor.logs;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.TokenBucket;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsSink;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.wire.logs.StreamLabels;
import java.time.Duration;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Takes decoded pushes of any protocol through validation and rate limits to the sink. Safe from
/// any thread.
public final class LogsDistributor {
  private static final long IDLE_TENANT_MILLIS = Duration.ofHours(1).toMillis();
  private static final int MAX_STREAM_BUCKETS = 100_000;

  /// What is kept for a tenant between requests.
  private static final class TenantState {
    final TokenBucket bytes;
    final Map<Labels, TokenBucket> streams = new ConcurrentHashMap<>();
    volatile long seenMillis;

    TenantState(LongSupplier nanoClock) {
      this.bytes = new TokenBucket(nanoClock);
    }
  }

  private final DistributorConfig config;
  private final TenantLimits<LogsWriteLimits> limits;
  private final LogsSink sink;
  private final LogsDistributorMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final RateShare share;
  private final LogsScratch.Pool scratches = new LogsScratch.Pool();
  private final InflightBytes inflight;
  private final Map<TenantId, TenantState> tenants = new ConcurrentHashMap<>();
  private final AtomicLong lastSweepMillis;
  private volatile boolean accepting = true;

  public LogsDistributor(
      DistributorConfig config,
      TenantLimits<LogsWriteLimits> limits,
      LogsSink sink,
      LogsDistributorMetrics metrics,
      InstantSource clock,
      LongSupplier nanoClock,
      RateShare share) {
    this.share = share;
    this.config = config;
    this.limits = limits;
    this.sink = sink;
    this.metrics = metrics;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.inflight = new InflightBytes(config.maxInflightPushBytes().bytes());
    this.lastSweepMillis = new AtomicLong(clock.millis());
    metrics.watch(inflight);
  }

  DistributorConfig config() {
    return config;
  }

  LogsDistributorMetrics metrics() {
    return metrics;
  }

  InflightBytes inflight() {
    return inflight;
  }

  LogsScratch.Pool scratches() {
    return scratches;
  }

  LogsWriteLimits limits(TenantId tenant) {
    return limits.of(tenant);
  }

  long nowNanos() {
    return clock.millis() * 1_000_000;
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

  /// Writes the batch of a scratch; what is refused is in the scratch's rejections.
  ///
  /// @param parsed what became of the labels of each stream; empty: they are all good
  /// @return entries stored
  /// @throws FoursightException `LIMIT_EXCEEDED` over the ingestion rate (nothing is stored), and
  ///   what the sink throws
  int push(TenantId tenant, LogsScratch scratch, List<StreamLabels> parsed) {
    LogsWriteLimits l = limits.of(tenant);
    LogsBatch batch = scratch.batch;
    LogsRejections rejections = scratch.rejections;
    metrics.received(batch.entryCount());
    long bytes = scratch.validator.validate(batch, parsed, l, clock.millis(), rejections);
    rejections.list().forEach(metrics::rejected);
    if (batch.entryCount() == 0) {
      return 0;
    }
    TenantState state = state(tenant);
    limitRate(tenant, state, l, batch.entryCount(), bytes);
    if (l.perStreamRateLimit().bytes() > 0) {
      limitStreams(state, l, batch, rejections);
    }
    LogsWriteResult stored = sink.write(tenant, batch);
    metrics.accepted(bytes);
    stored
        .rejections()
        .forEach(r -> {
          metrics.rejected(r);
          rejections.add(r);
        });
    return stored.entries();
  }

  private void limitRate(
      TenantId tenant, TenantState state, LogsWriteLimits l, int lines, long bytes) {
    double rate = l.ingestionRateMb() * (1 << 20);
    long burst = (long) (Math.max(l.ingestionBurstSizeMb(), l.ingestionRateMb()) * (1 << 20));
    if (!state.bytes.take(bytes, share.of(rate), burst)) {
      metrics.rejected("rate_limited", lines, bytes);
      throw new FoursightException(
          ErrorKind.LIMIT_EXCEEDED,
          "ingestion rate limit exceeded for user "
              + tenant
              + " (limit: "
              + (long) rate
              + " bytes/sec) while attempting to ingest '"
              + lines
              + "' lines totaling '"
              + bytes
              + "' bytes; send less, or raise limits.ingestion_rate_mb and"
              + " limits.ingestion_burst_size_mb");
    }
  }

  private void limitStreams(
      TenantState state, LogsWriteLimits l, LogsBatch batch, LogsRejections rejections) {
    long rate = l.perStreamRateLimit().bytes();
    long burst = Math.max(rate, l.perStreamRateLimitBurst().bytes());
    if (state.streams.size() > MAX_STREAM_BUCKETS) {
      state.streams.clear();
    }
    var refused = new BitSet();
    for (int s = 0; s < batch.streamCount(); s++) {
      Labels labels = batch.labels(s);
      int start = batch.entryStart(s);
      int end = batch.entryEnd(s);
      long bytes = 0;
      for (int e = start; e < end; e++) {
        bytes += LogsValidator.bytes(batch, e);
      }
      var bucket = state.streams.computeIfAbsent(labels, k -> new TokenBucket(nanoClock));
      if (bytes > 0 && !bucket.take(bytes, rate, burst)) {
        refused.set(start, end);
        String text =
            "Per stream rate limit exceeded (limit: "
                + rate
                + " bytes/sec) while attempting to ingest for stream '"
                + StreamRules.brief(labels.toString())
                + "' totaling "
                + bytes
                + " bytes; split the stream by a label, or raise limits.per_stream_rate_limit";
        metrics.rejected("per_stream_rate_limit", end - start, bytes);
        rejections.stream(
            StreamRules.brief(labels.toString()),
            end - start,
            "per_stream_rate_limit",
            ErrorKind.LIMIT_EXCEEDED,
            end - start,
            bytes,
            text);
      }
    }
    if (!refused.isEmpty()) {
      batch.remove(refused);
    }
  }

  private TenantState state(TenantId tenant) {
    long now = clock.millis();
    TenantState state = tenants.get(tenant);
    if (state == null) {
      sweep(now);
      state = tenants.computeIfAbsent(tenant, unused -> new TenantState(nanoClock));
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
