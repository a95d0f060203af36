package io.foursight.distributor.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.distributor.DistributorConfig;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.DistributorMetrics;
import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.RateShare;
import io.foursight.distributor.RelabelExpression;
import io.foursight.distributor.RelabelRule;
import io.foursight.distributor.Relabeler;
import io.foursight.distributor.TokenBucket;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.wire.metrics.ExpectedSeries;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Takes decoded write requests of any protocol through deduplication, validation and rate limits
/// to the sink. Safe from any thread.
///
/// The sink is where sharding over ingesters takes its place: a ring's fan-out is a [MetricsSink]
/// over many.
public final class MetricsDistributor {
  private static final long IDLE_TENANT_MILLIS = Duration.ofHours(1).toMillis();

  private final DistributorConfig config;
  private final TenantLimits<DistributorLimits> limits;
  private final MetricsSink sink;
  private final DistributorMetrics metrics;
  private final HaFilter haFilter;
  private final RelabelExpression.Compiler expressions;
  private final SeriesHash hash;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final RateShare share;
  private final PushScratch.Pool scratches;
  private final InflightBytes inflight;
  private final Map<TenantId, TenantState> tenants = new ConcurrentHashMap<>();
  private final AtomicLong lastSweepMillis;
  private volatile boolean accepting = true;

  /// What is kept for a tenant between requests.
  private static final class TenantState {
    final TokenBucket requests;
    final TokenBucket items;
    final KnownSeries known;
    volatile DistributorLimits knownUnder;
    volatile Optional<Compiled> relabeling = Optional.empty();
    volatile long seenMillis;

    TenantState(LongSupplier nanoClock, KnownSeries known, DistributorLimits limits) {
      this.requests = new TokenBucket(nanoClock);
      this.items = new TokenBucket(nanoClock);
      this.known = known;
      this.knownUnder = limits;
    }
  }

  private record Compiled(List<RelabelRule> rules, Relabeler relabeler) {}

  /// @param expressions compiles those of relabel rules
  /// @param hash the keyed hash of this process, the same that the head uses
  public MetricsDistributor(
      DistributorConfig config,
      TenantLimits<DistributorLimits> limits,
      MetricsSink sink,
      HaElections elections,
      RelabelExpression.Compiler expressions,
      DistributorMetrics metrics,
      SeriesHash hash,
      InstantSource clock,
      LongSupplier nanoClock,
      RateShare share) {
    this.share = share;
    this.expressions = expressions;
    this.hash = hash;
    this.config = config;
    this.limits = limits;
    this.sink = sink;
    this.metrics = metrics;
    this.haFilter = new HaFilter(elections);
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.scratches = new PushScratch.Pool(hash);
    this.inflight = new InflightBytes(config.maxInflightPushBytes().bytes());
    this.lastSweepMillis = new AtomicLong(clock.millis());
    metrics.watch(inflight);
  }

  /// With elections in memory and the system clocks, without relabel rules.
  public static MetricsDistributor create(
      DistributorConfig config,
      TenantLimits<DistributorLimits> limits,
      MetricsSink sink,
      DistributorMetrics metrics,
      SeriesHash hash) {
    var elections =
        new LocalHaElections(
            InstantSource.system(),
            config.haTrackerFailoverTimeout(),
            config.haTrackerUpdateTimeout());
    return new MetricsDistributor(
        config,
        limits,
        sink,
        elections,
        expression -> {
          throw new FoursightException(ErrorKind.UNIMPLEMENTED, "no relabel rules here");
        },
        metrics,
        hash,
        InstantSource.system(),
        System::nanoTime,
        RateShare.WHOLE);
  }

  DistributorConfig config() {
    return config;
  }

  DistributorMetrics metrics() {
    return metrics;
  }

  InflightBytes inflight() {
    return inflight;
  }

  PushScratch.Pool scratches() {
    return scratches;
  }

  DistributorLimits limits(TenantId tenant) {
    return limits.of(tenant);
  }

  /// Takes requests from now on; so it is at first.
  void accept() {
    accepting = true;
  }

  /// Answers `UNAVAILABLE` from now on; requests that were admitted go on.
  void refuse() {
    accepting = false;
  }

  /// Counts a request against the tenant's request rate, before any work on it.
  ///
  /// @throws FoursightException `LIMIT_EXCEEDED`, or `UNAVAILABLE` outside of the service's life
  void admit(TenantId tenant) {
    if (!accepting) {
      throw FoursightException.unavailable("the distributor is starting or stopping");
    }
    DistributorLimits l = limits.of(tenant);
    long burst =
        l.requestBurstSize() > 0 ? l.requestBurstSize() : Math.max(1, (long) l.requestRate());
    if (!state(tenant, l).requests.take(1, share.of(l.requestRate()), burst)) {
      metrics.rejected("request_rate_limited", 1);
      throw new FoursightException(
          ErrorKind.LIMIT_EXCEEDED,
          "the request has been rejected because the tenant exceeded the request rate limit, set to"
              + " "
              + plain(l.requestRate())
              + " requests/s with a maximum allowed burst of "
              + burst
              + " (err-mimir-tenant-max-request-rate)."
              + " To adjust the per-tenant limits, set limits.request_rate and"
              + " limits.request_burst_size");
    }
  }

  /// What the decoder of a request is to ask about its series, when that can be said before they
  /// are decoded; [#push] follows with the same scratch.
  ExpectedSeries expected(TenantId tenant, PushScratch scratch) {
    DistributorLimits l = limits.of(tenant);
    if (l.acceptHaSamples() || !l.metricRelabelConfigs().isEmpty()) {
      return ExpectedSeries.NONE; // series are not stored as they come
    }
    scratch.walk.begin(state(tenant, l).known, l);
    return scratch.walk;
  }

  /// Writes the batch of a scratch.
  ///
  /// @throws FoursightException `LIMIT_EXCEEDED` over the ingestion rate (nothing is stored), and
  ///   what the sink throws
  PushOutcome push(TenantId tenant, PushScratch scratch) {
    DistributorLimits l = limits.of(tenant);
    TenantState state = state(tenant, l);
    MetricsBatch batch = scratch.batch;
    Rejections rejections = scratch.rejections;
    metrics.received(
        batch.sampleCount(),
        batch.histogramCount(),
        batch.exemplars().size(),
        batch.metadata().size());
    int deduplicated = 0;
    if (l.acceptHaSamples()) {
      deduplicated = haFilter.apply(tenant, l, batch, rejections).dropped();
      metrics.deduplicated(deduplicated);
    }
    if (!l.metricRelabelConfigs().isEmpty()) {
      int dropped =
          new RelabelFilter(hash).apply(relabeler(state, l.metricRelabelConfigs()), batch);
      metrics.rejected("relabel_configuration", dropped);
    }
    if (!scratch.walk.covers(batch, l)) {
      scratch.walk.begin(state.known, l);
      scratch.walk.all(batch);
    }
    scratch.validator.validate(batch, scratch.walk, l, state.known, clock.millis(), rejections);
    metrics.validatedSeries(scratch.validator.validatedSeries());
    List<Rejection> refused = new ArrayList<>(rejections.list());
    refused.forEach(metrics::rejected);
    rejections.silent().forEach(metrics::rejected);
    limitRate(state, l, batch);
    if (batch.seriesCount() == 0 && batch.metadata().isEmpty()) {
      return new PushOutcome(0, 0, 0, deduplicated, refused);
    }
    MetricsWriteResult stored = sink.write(tenant, batch);
    stored.rejections().forEach(metrics::rejected);
    refused.addAll(stored.rejections());
    return new PushOutcome(
        stored.samples(), stored.histograms(), stored.exemplars(), deduplicated, refused);
  }

  private Relabeler relabeler(TenantState state, List<RelabelRule> rules) {
    Optional<Compiled> compiled = state.relabeling.filter(c -> c.rules.equals(rules));
    if (compiled.isEmpty()) {
      compiled =
          Optional.of(
              new Compiled(
                  rules, new Relabeler(rules, "limits.metric_relabel_configs", expressions)));
      state.relabeling = compiled;
    }
    return compiled.get().relabeler;
  }

  private void limitRate(TenantState state, DistributorLimits l, MetricsBatch batch) {
    long items =
        (long) batch.sampleCount()
            + batch.histogramCount()
            + batch.exemplars().size()
            + batch.metadata().size();
    if (!state.items.take(items, share.of(l.ingestionRate()), l.ingestionBurstSize())) {
      metrics.rejected("rate_limited", items);
      throw new FoursightException(
          ErrorKind.LIMIT_EXCEEDED,
          "the request has been rejected because the tenant exceeded the ingestion rate limit, set"
              + " to "
              + plain(l.ingestionRate())
              + " items/s with a maximum allowed burst of "
              + l.ingestionBurstSize()
              + "; it carries "
              + items
              + " samples, histograms, exemplars and metadata entries"
              + " (err-mimir-tenant-max-ingestion-rate)."
              + " To adjust the per-tenant limits, set limits.ingestion_rate and"
              + " limits.ingestion_burst_size");
    }
  }

  private TenantState state(TenantId tenant, DistributorLimits l) {
    long now = clock.millis();
    TenantState state = tenants.get(tenant);
    if (state == null) {
      sweep(now);
      state =
          tenants.computeIfAbsent(
              tenant,
              unused ->
                  new TenantState(
                      nanoClock,
                      new KnownSeries(config.knownSeriesPerTenant(), metrics::knownSeriesReset),
                      l));
    }
    state.seenMillis = now;
    if (state.knownUnder != l) {
      // Valid under other limits is not valid under these.
      if (!state.knownUnder.equals(l)) {
        state.known.clear();
      }
      state.knownUnder = l;
    }
    return state;
  }

  /// Forgets tenants that have been idle for long, at most once in that time.
  private void sweep(long now) {
    long last = lastSweepMillis.get();
    if (now - last > IDLE_TENANT_MILLIS && lastSweepMillis.compareAndSet(last, now)) {
      tenants.values().removeIf(state -> now - state.seenMillis > IDLE_TENANT_MILLIS);
    }
  }

  private static String plain(double rate) {
    return rate == Math.rint(rate) && Math.abs(rate) < 1e15
        ? Long.toString((long) rate)
        : Double.toString(rate);
  }
}
