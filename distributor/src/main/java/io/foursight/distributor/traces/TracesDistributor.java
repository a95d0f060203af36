package io.foursight.distributor.traces;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.TokenBucket;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesSink;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.wire.traces.SpanRefusals;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Takes decoded pushes of any protocol through the limits to the sink. Safe from any thread.
public final class TracesDistributor {
  private static final long IDLE_TENANT_MILLIS = Duration.ofHours(1).toMillis();

  /// What is kept for a tenant between requests.
  private static final class TenantState {
    final TokenBucket bytes;
    volatile long seenMillis;

    TenantState(LongSupplier nanoClock) {
      this.bytes = new TokenBucket(nanoClock);
    }
  }

  private final DistributorConfig config;
  private final TenantLimits<TracesWriteLimits> limits;
  private final TracesSink sink;
  private final TracesDistributorMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final RateShare share;
  private final TracesScratch.Pool scratches = new TracesScratch.Pool();
  private final InflightBytes inflight;
  private final Map<TenantId, TenantState> tenants = new ConcurrentHashMap<>();
  private final AtomicLong lastSweepMillis;
  private volatile boolean accepting = true;

  public TracesDistributor(
      DistributorConfig config,
      TenantLimits<TracesWriteLimits> limits,
      TracesSink sink,
      TracesDistributorMetrics metrics,
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

  TracesDistributorMetrics metrics() {
    return metrics;
  }

  InflightBytes inflight() {
    return inflight;
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

  /// Fills the batch of a scratch from a request.
  @FunctionalInterface
  interface Decoding {
    void decode(TracesScratch scratch);
  }

  /// What a request came to.
  ///
  /// @param rejected spans that are not stored
  /// @param limited whether a limit that may let them pass later refused any
  /// @param message why; empty when nothing was refused
  record Written(int stored, int rejected, boolean limited, String message) {
    boolean whole() {
      return rejected > 0 && stored == 0;
    }
  }

  /// @param bytes size of the request, decoded from its encoding
  /// @throws FoursightException `BAD_DATA` when it does not decode; `LIMIT_EXCEEDED` over the rate
  ///   (nothing is stored); what the sink throws
  Written push(TenantId tenant, int bytes, Decoding decoding) {
    TracesScratch scratch = scratches.take();
    decoding.decode(scratch);
    SpanRefusals refusals = scratch.refusals;
    int stored = push(tenant, scratch);
    var written = new Written(stored, refusals.spans(), refusals.isLimited(), refusals.text());
    // Not in a finally block: after an exception somebody may still hold on to the batch.
    scratches.give(scratch, bytes);
    return written;
  }

  private int push(TenantId tenant, TracesScratch scratch) {
    TracesWriteLimits l = limits.of(tenant);
    TracesBatch batch = scratch.batch;
    SpanRefusals refusals = scratch.refusals;
    int spans = batch.spanCount();
    metrics.received(spans + refusals.spans());
    refusals.list().forEach(metrics::rejected);
    if (spans == 0) {
      return 0;
    }
    long bytes = bytes(batch);
    limitRate(tenant, l, spans, bytes);
    int max = (int) Math.min(Integer.MAX_VALUE, l.maxAttributeBytes().bytes());
    if (max > 0) {
      int cuts = scratch.cutter.cut(batch, max);
      if (cuts > 0) {
        metrics.cut(cuts);
      }
    }
    TracesWriteResult result = sink.write(tenant, batch);
    metrics.accepted(tenant, result.spans(), bytes);
    result
        .rejections()
        .forEach(r -> {
          metrics.rejected(r);
          refusals.add(r);
        });
    return result.spans();
  }

  private static long bytes(TracesBatch batch) {
    long bytes = 0;
    for (int i = 0; i < batch.spanCount(); i++) {
      bytes += batch.spanLength(i);
    }
    for (int r = 0; r < batch.resourceCount(); r++) {
      bytes += batch.resourceLength(r);
    }
    return bytes;
  }

  private void limitRate(TenantId tenant, TracesWriteLimits l, int spans, long bytes) {
    long rate = l.rateLimitBytes().bytes();
    long burst = Math.max(rate, l.burstSizeBytes().bytes());
    if (!state(tenant).bytes.take(bytes, share.of(rate), burst)) {
      metrics.rejected("rate_limited", spans);
      throw new FoursightException(
          ErrorKind.LIMIT_EXCEEDED,
          "RATE_LIMITED: ingestion rate limit (local: "
              + rate
              + " bytes, global: 0 bytes) exceeded while adding "
              + bytes
              + " bytes for user "
              + tenant
              + " (limits.rate_limit_bytes, limits.burst_size_bytes = "
              + burst
              + ")");
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
