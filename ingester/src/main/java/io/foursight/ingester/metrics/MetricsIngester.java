package io.foursight.ingester.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// Recent metrics of all tenants of this process: durable in the log and visible in memory before a
/// write returns. Writes are refused with `UNAVAILABLE` before [#replayed], after [#close], and
/// past the bounds of the instance (memory, log, requests at once, tenants). Safe from any thread.
///
/// The batch's keys must come from the [SeriesHash] that was passed to the constructor.
public final class MetricsIngester
    implements MetricsSink, MetricsSource, MetricsCardinality, MetricsLateWrites {
  private static final Duration LATE = Duration.ofMinutes(5);
  private static final int MAX_SHARDS = 16;
  private static final int POOLED_SCRATCHES = 16;

  private enum Phase {
    STARTING,
    RUNNING,
    CLOSED
  }

  private final IngesterConfig config;
  private final Wal wal;
  private final TenantLimits<MetricsLimits> limits;
  private final SeriesHash hash;
  private final Clock clock;
  private final Ulids ids;
  private final IngesterMetrics metrics;
  private final int shardCount;
  private final long maxHeadBytes;
  private final Map<TenantId, MetricsHead> heads = new ConcurrentHashMap<>();
  private final AtomicLong headBytes = new AtomicLong();
  private final AtomicLong segment = new AtomicLong();
  private final AtomicInteger inflight = new AtomicInteger();
  private final ArrayBlockingQueue<WriteScratch> scratches =
      new ArrayBlockingQueue<>(POOLED_SCRATCHES);
  private final AtomicLong lateVersions = new AtomicLong();

  /// The newest late write to any head that was given up.
  private final AtomicLong retiredLateVersion = new AtomicLong();

  private volatile long walBytes;
  private volatile Phase phase = Phase.STARTING;

  /// @param hash the process-wide hash that the decoders use
  public MetricsIngester(
      IngesterConfig config,
      TenantLimits<MetricsLimits> limits,
      Wal wal,
      SeriesHash hash,
      Clock clock,
      RandomGenerator random,
      IngesterMetrics metrics) {
    this.config = config;
    this.limits = limits;
    this.wal = wal;
    this.hash = hash;
    this.clock = clock;
    this.ids = new Ulids(clock, random);
    this.metrics = metrics;
    this.maxHeadBytes = config.headBytes();
    int cores = Runtime.getRuntime().availableProcessors();
    this.shardCount = Math.min(MAX_SHARDS, Integer.highestOneBit(Math.max(1, 2 * cores - 1)));
    metrics.watch(this::memorySeries, headBytes::get, heads::size);
  }

  // ---- writing ----

  @Override
  public MetricsWriteResult write(TenantId tenant, MetricsBatch batch) {
    int running = inflight.incrementAndGet();
    try {
      checkRoom(running);
      MetricsHead head = entered(tenant);
      try {
        WriteScratch scratch = scratches.poll();
        if (scratch == null) {
          scratch = new WriteScratch(wal);
        }
        MetricsWriteResult result = write(head, scratch, batch);
        if (!scratch.isLarge()) {
          scratches.offer(scratch);
        }
        return result;
      } finally {
        head.leave();
      }
    } finally {
      inflight.decrementAndGet();
    }
  }

  /// The tenant's head, which nobody gives up before [MetricsHead#leave()].
  private MetricsHead entered(TenantId tenant) {
    while (true) {
      MetricsHead head = head(tenant);
      if (head.enter()) {
        return head;
      }
      // It is being given up, by a few instructions of the flusher, which takes it off the map.
      Thread.yield();
    }
  }

  private MetricsWriteResult write(MetricsHead head, WriteScratch scratch, MetricsBatch batch) {
    long now = clock.millis();
    scratch.begin(head.tenant(), limits.of(head.tenant()), now, head.newestMillis());
    scratch.lateBeforeMillis = now - LATE.toMillis();
    try {
      head.append(scratch, batch, shardCount);
      if (!batch.metadata().isEmpty()) {
        metrics.refusedMetadata.increment(head.addMetadata(scratch, batch.metadata()));
      }
    } finally {
      long reached = scratch.await();
      if (reached > segment.get()) {
        segment.accumulateAndGet(reached, Math::max);
      }
    }
    MetricsWriteResult result = scratch.outcome.result();
    metrics.samples.increment(result.samples());
    metrics.histograms.increment(result.histograms());
    metrics.exemplars.increment(result.exemplars());
    return result;
  }

  private void checkRoom(int running) {
    if (phase != Phase.RUNNING) {
      throw refused("not_running", "the ingester is " + phase.name().toLowerCase(Locale.ROOT));
    }
    int maxRunning = config.maxInflightPushRequests();
    if (maxRunning > 0 && running > maxRunning) {
      throw refused(
          "inflight_requests",
          "the ingester serves "
              + running
              + " write requests at once, the limit is "
              + maxRunning
              + " (ingester.max_inflight_push_requests,"
              + " err-mimir-ingester-max-inflight-push-requests)");
    }
    if (headBytes.get() > maxHeadBytes) {
      throw refused(
          "memory",
          "the ingester's heads hold "
              + headBytes.get()
              + " bytes, the limit is "
              + maxHeadBytes
              + " (ingester.max_head_bytes)");
    }
    long maxWal = config.maxWalBytes().bytes();
    if (maxWal > 0 && walBytes > maxWal) {
      throw refused(
          "wal",
          "the write-ahead log holds "
              + walBytes
              + " bytes, the limit is "
              + maxWal
              + " (ingester.max_wal_bytes)");
    }
  }

  private FoursightException refused(String reason, String message) {
    metrics.refused(reason).increment();
    return FoursightException.unavailable(message);
  }

  private MetricsHead head(TenantId tenant) {
    MetricsHead head = heads.get(tenant);
    if (head != null) {
      return head;
    }
    int max = config.maxTenants();
    if (max > 0 && heads.size() >= max) {
      throw refused(
          "tenants",
          "the ingester holds "
              + heads.size()
              + " tenants, the limit is "
              + max
              + " (ingester.max_tenants, err-mimir-ingester-max-tenants)");
    }
    return newHead(tenant);
  }

  private MetricsHead newHead(TenantId tenant) {
    return heads.computeIfAbsent(
        tenant,
        t ->
            new MetricsHead(
                t, bucket -> range(ids.next(), bucket, segment.get()), lateVersions, clock));
  }

  private HeadRange range(String id, long bucket, long firstSegment) {
    return new HeadRange(id, bucket, shardCount, hash, firstSegment, clock.millis(), headBytes);
  }

  // ---- life ----

  /// One record of the log, before anything else; records of different tenants may come at once.
  public void replay(Wal.Record record) {
    metrics.replayedRecords.increment();
    newHead(record.tenant()).replay(record, (int) (clock.millis() / 1000), this::range);
  }

  /// The whole log has been read and ends before `currentSegment`: writes are welcome.
  public void replayed(long currentSegment) {
    segment.set(currentSegment);
    for (MetricsHead head : heads.values()) {
      metrics.replayUnknownRows.increment(head.replayed());
    }
    walBytes = wal.sizeBytes();
    phase = Phase.RUNNING;
  }

  /// Refuses further writes and waits for those under way.
  public void close(Deadline deadline) {
    phase = Phase.CLOSED;
    while (inflight.get() > 0 && !deadline.expired()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  /// Heads by tenant, live.
  Map<TenantId, MetricsHead> heads() {
    return heads;
  }

  /// The log up to which all is durable in blocks may go: call after ranges were dropped.
  void truncateLog() {
    long floor = wal.cut();
    segment.accumulateAndGet(floor, Math::max);
    for (MetricsHead head : heads.values()) {
      head.logMetadata(wal);
      for (HeadRange range : head.ranges()) {
        floor = Math.min(floor, range.firstSegment());
      }
    }
    wal.truncate(floor);
  }

  /// Once a tick: what is measured from outside, and metadata that nobody repeats.
  public void tick(double seconds) {
    walBytes = wal.sizeBytes();
    long keep = clock.millis() - config.metadataRetainPeriod().toMillis();
    for (MetricsHead head : heads.values()) {
      head.measureRate(seconds);
      head.metadata().forgetBefore(keep);
    }
  }

  /// Gives up the heads of tenants of whom nothing is left in memory and who have been silent.
  void retireIdle() {
    long idle = config.flushIdle().toMillis();
    heads.forEach((tenant, head) -> {
      if (head.retire(idle)) {
        retiredLateVersion.accumulateAndGet(head.newestLateVersion(), Math::max);
        heads.remove(tenant, head);
      }
    });
  }

  long headBytes() {
    return headBytes.get();
  }

  /// Tenants with anything in memory, ascending.
  public Set<TenantId> tenants() {
    return new TreeSet<>(heads.keySet());
  }

  private long memorySeries() {
    long series = 0;
    for (MetricsHead head : heads.values()) {
      for (HeadRange range : head.ranges()) {
        series += range.seriesCount();
      }
    }
    return series;
  }

  // ---- reading ----

  private MetricsHead readable(TenantId tenant) {
    if (phase == Phase.STARTING) {
      throw FoursightException.unavailable("the ingester is starting: it reads its log");
    }
    MetricsHead head = heads.get(tenant);
    return head != null
        ? head
        : new MetricsHead(tenant, bucket -> range("", bucket, 0), lateVersions, clock);
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return HeadReads.select(readable(select.tenant()), select, true);
  }

  /// One cursor a shard, so that each shard is read by one thread.
  @Override
  public List<SeriesCursor> select(MetricsSelect select, int parts) {
    MetricsHead head = readable(select.tenant());
    if (select.hints().delivery() == SelectHints.Delivery.ASCENDING) {
      return List.of(HeadReads.select(head, select, true));
    }
    List<SeriesCursor> shards = HeadReads.shards(head, select, true);
    if (shards.size() <= parts) {
      return shards;
    }
    var cursors = new ArrayList<SeriesCursor>();
    for (int p = 0; p < parts; p++) {
      int from = p * shards.size() / parts;
      cursors.add(SeriesCursor.chained(shards.subList(from, (p + 1) * shards.size() / parts)));
    }
    return cursors;
  }

  @Override
  public boolean mayHold(TenantId tenant, TimeRange range) {
    for (HeadRange r : readable(tenant).ranges()) {
      if (range.overlaps(new TimeRange(r.baseMillis(), r.endMillis()))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return HeadReads.select(readable(select.tenant()), select, false);
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return HeadReads.labelNames(readable(select.tenant()), select);
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return HeadReads.labelValues(readable(select.tenant()), label, select);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return HeadReads.exemplars(readable(select.tenant()), select);
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return readable(tenant).metadata().of(metric);
  }

  // ---- cardinality and late writes ----

  private long since(Scope scope) {
    return scope == Scope.IN_MEMORY
        ? Long.MIN_VALUE
        : (clock.millis() - config.activeSeriesIdleTimeout().toMillis()) / 1000;
  }

  @Override
  public SeriesCursor series(
      TenantId tenant, List<LabelMatcher> matchers, Scope scope, QueryBudget budget) {
    return HeadReads.inMemory(readable(tenant), matchers, since(scope), budget);
  }

  @Override
  public List<HistogramSeries> activeNativeHistograms(
      TenantId tenant, List<LabelMatcher> matchers, QueryBudget budget) {
    return HeadReads.nativeHistograms(readable(tenant), matchers, since(Scope.ACTIVE), budget);
  }

  @Override
  public TenantStats stats(TenantId tenant) {
    MetricsHead head = readable(tenant);
    List<HeadRange> ranges = head.ranges();
    if (ranges.isEmpty()) {
      return TenantStats.EMPTY;
    }
    long series = 0;
    if (ranges.size() == 1) {
      series = ranges.getFirst().seriesCount();
    } else {
      try (SeriesCursor all =
          HeadReads.inMemory(head, List.of(), Long.MIN_VALUE, QueryBudget.unlimited())) {
        while (all.next()) {
          series++;
        }
      }
    }
    long chunks = 0;
    for (HeadRange range : ranges) {
      for (HeadShard shard : range.shards()) {
        long stamp = shard.lock.readLock();
        chunks += shard.chunkCount();
        shard.lock.unlockRead(stamp);
      }
    }
    return new TenantStats(
        series,
        chunks,
        ranges.stream().map(HeadRange::minTimeMillis).min(Comparator.naturalOrder()).orElseThrow(),
        ranges.stream().map(HeadRange::maxTimeMillis).max(Comparator.naturalOrder()).orElseThrow(),
        head.samplesPerSecond(),
        0);
  }

  @Override
  public long version(TenantId tenant, TimeRange range) {
    MetricsHead head = heads.get(tenant);
    // In this order: a head that goes in between has left its number.
    long ofHead = head == null ? 0 : head.lateVersion(range);
    return Math.max(ofHead, retiredLateVersion.get());
  }

  @Override
  public boolean exact() {
    return true;
  }
}
