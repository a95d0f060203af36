package io.foursight.ingester.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.SignalHeads;
import io.foursight.ingester.WriteGate;
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
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.wal.Wal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// Recent metrics of all tenants of this process: durable in the log and visible in memory before a
/// write returns. Writes are refused with `UNAVAILABLE` before [#replayed], after [#close], and
/// past the bounds of the instance (memory, log, requests at once, tenants). Safe from any thread.
///
/// The batch's keys must come from the [SeriesHash] that was passed to the constructor.
public final class MetricsIngester extends SignalHeads<MetricsHead, HeadRange>
    implements MetricsSink, MetricsSource, MetricsCardinality, MetricsLateWrites {
  private static final Duration LATE = Duration.ofMinutes(5);
  private static final int MAX_SHARDS = 16;
  private static final int POOLED_SCRATCHES = 16;

  private final TenantLimits<MetricsLimits> limits;
  private final SeriesHash hash;
  private final MetricsIngesterMetrics metrics;
  private final int shardCount;
  private final ArrayBlockingQueue<WriteScratch> scratches =
      new ArrayBlockingQueue<>(POOLED_SCRATCHES);
  private final AtomicLong lateVersions = new AtomicLong();

  /// The newest late write to any head that was given up.
  private final AtomicLong retiredLateVersion = new AtomicLong();

  /// @param hash the process-wide hash that the decoders use
  public MetricsIngester(
      IngesterConfig config,
      TenantLimits<MetricsLimits> limits,
      Wal wal,
      SeriesHash hash,
      Clock clock,
      RandomGenerator random,
      IngesterMetrics metrics) {
    super(
        config,
        new WriteGate.Bounds(config.headBytes(), "ingester.max_head_bytes"),
        wal,
        clock,
        random,
        metrics);
    this.limits = limits;
    this.hash = hash;
    this.metrics = new MetricsIngesterMetrics(metrics);
    int cores = Runtime.getRuntime().availableProcessors();
    this.shardCount = Math.min(MAX_SHARDS, Integer.highestOneBit(Math.max(1, 2 * cores - 1)));
    metrics.gauge(
        "foursight_ingester_memory_series",
        "Series in memory, once per range.",
        this::memorySeries);
  }

  // ---- writing ----

  @Override
  public MetricsWriteResult write(TenantId tenant, MetricsBatch batch) {
    return writing(
        tenant,
        head -> {
          WriteScratch scratch = scratches.poll();
          if (scratch == null) {
            scratch = new WriteScratch(wal);
          }
          MetricsWriteResult result = write(head, scratch, batch);
          if (!scratch.isLarge()) {
            scratches.offer(scratch);
          }
          return result;
        });
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
      gate.reached(scratch.await());
    }
    MetricsWriteResult result = scratch.outcome.result();
    metrics.samples.increment(result.samples());
    metrics.histograms.increment(result.histograms());
    metrics.exemplars.increment(result.exemplars());
    return result;
  }

  // ---- life ----

  @Override
  protected MetricsHead newHead(TenantId tenant, LongFunction<HeadRange> opener) {
    return new MetricsHead(tenant, opener, lateVersions, clock);
  }

  @Override
  protected HeadRange newPiece(String blockId, long bucket, long firstSegment) {
    return new HeadRange(
        blockId, bucket, shardCount, hash, firstSegment, clock.millis(), gate.headBytes());
  }

  @Override
  protected boolean isDue(HeadRange range, long now) {
    long end = range.endMillis();
    if (end >= now - config.flushDelay().toMillis()) {
      return false;
    }
    long since = Math.max(range.createdMillis(), end);
    return now - range.lastAppendMillis() >= config.flushIdle().toMillis()
        || now - since >= config.flushMaxAge().toMillis();
  }

  @Override
  protected BlockMeta write(MetricsHead head, HeadRange range, Path directory, long nowMillis) {
    return new RangeBlock(range).write(directory, head.metadata().of(""), nowMillis);
  }

  @Override
  protected Duration idle() {
    return config.flushIdle();
  }

  @Override
  protected void retiring(MetricsHead head) {
    retiredLateVersion.accumulateAndGet(head.newestLateVersion(), Math::max);
  }

  @Override
  public void replayed(long currentSegment) {
    super.replayed(currentSegment);
    heads().forEach(head -> metrics.replayUnknownRows.increment(head.replayUnknownRows()));
  }

  /// What is measured from outside, and metadata that nobody repeats.
  @Override
  public void tick(double seconds) {
    super.tick(seconds);
    long keep = clock.millis() - config.metadataRetainPeriod().toMillis();
    for (MetricsHead head : heads()) {
      head.measureRate(seconds);
      head.metadata().forgetBefore(keep);
    }
  }

  long headBytes() {
    return gate.headBytes().get();
  }

  private long memorySeries() {
    long series = 0;
    for (MetricsHead head : heads()) {
      for (HeadRange range : head.pieces()) {
        series += range.seriesCount();
      }
    }
    return series;
  }

  // ---- reading ----

  private MetricsHead head(MetricsSelect select) {
    return headOf(select.tenant());
  }

  private MetricsHead headOf(TenantId tenant) {
    return readable(tenant)
        .orElseGet(
            () -> new MetricsHead(tenant, bucket -> newPiece("", bucket, 0), lateVersions, clock));
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return HeadReads.select(head(select), select, true);
  }

  /// One cursor a shard, so that each shard is read by one thread.
  @Override
  public List<SeriesCursor> select(MetricsSelect select, int parts) {
    MetricsHead head = head(select);
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
    for (HeadRange r : headOf(tenant).pieces()) {
      if (range.overlaps(new TimeRange(r.baseMillis(), r.endMillis()))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return HeadReads.select(head(select), select, false);
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return HeadReads.labelNames(head(select), select);
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return HeadReads.labelValues(head(select), label, select);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return HeadReads.exemplars(head(select), select);
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return headOf(tenant).metadata().of(metric);
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
    return HeadReads.inMemory(headOf(tenant), matchers, since(scope), budget);
  }

  @Override
  public List<HistogramSeries> activeNativeHistograms(
      TenantId tenant, List<LabelMatcher> matchers, QueryBudget budget) {
    return HeadReads.nativeHistograms(headOf(tenant), matchers, since(Scope.ACTIVE), budget);
  }

  @Override
  public TenantStats stats(TenantId tenant) {
    MetricsHead head = headOf(tenant);
    List<HeadRange> ranges = head.pieces();
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
    // In this order: a head that goes in between has left its number.
    long ofHead = head(tenant).map(head -> head.lateVersion(range)).orElse(0L);
    return Math.max(ofHead, retiredLateVersion.get());
  }

  @Override
  public boolean exact() {
    return true;
  }
}
