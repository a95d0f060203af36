package io.foursight.ingester.metrics;

import io.foursight.ingester.TenantHead;
import io.foursight.model.RangeVersions;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;

/// The recent metrics of one tenant: its ranges, its metadata and what it remembers about late
/// writes. Safe from any thread; [#replay] only before anybody else.
final class MetricsHead extends TenantHead<HeadRange> {
  private static final long LOWEST_BUCKET =
      Math.floorDiv(Long.MIN_VALUE, HeadRange.DURATION_MILLIS);
  private static final Comparator<HeadRange> OLDEST_FIRST =
      Comparator.comparingLong(HeadRange::bucket).thenComparing(HeadRange::blockId);

  private final MetadataStore metadata = new MetadataStore();
  private final AtomicLong newestMillis = new AtomicLong(Long.MIN_VALUE);
  private final RangeVersions late;
  private final Clock clock;
  private final AtomicLong exemplarCount = new AtomicLong();
  private volatile Optional<TenantSeries> counted = Optional.empty();
  final LongAdder received = new LongAdder();
  private long receivedBefore;
  private volatile double samplesPerSecond;
  private final Map<String, HeadRange.Replay> replays = new ConcurrentHashMap<>();
  private long replayUnknownRows;

  /// @param opener makes a new range for a bucket
  /// @param lateVersions the number given last to a late write of any tenant
  MetricsHead(
      TenantId tenant, LongFunction<HeadRange> opener, AtomicLong lateVersions, Clock clock) {
    super(tenant, opener, clock);
    this.late = new RangeVersions(lateVersions);
    this.clock = clock;
  }

  /// Applies the batch to memory and sends its records to the log.
  void append(WriteScratch scratch, MetricsBatch batch, int shardCount) {
    if (scratch.limits.limitsSeries() && counted.isEmpty()) {
      count();
    }
    scratch.counting(this::counted);
    BatchRuns runs = scratch.runs;
    runs.split(batch, shardCount);
    for (int b = 0; b < runs.bucketCount(); b++) {
      long bucket = runs.bucketAt(b);
      for (int shard = 0; shard < shardCount; shard++) {
        int start = runs.start(b, shard);
        int end = runs.end(b, shard);
        if (start == end) {
          continue;
        }
        if (bucket == LOWEST_BUCKET) {
          refuse(scratch, batch, start, end);
          continue;
        }
        while (true) {
          HeadRange range = openPiece(bucket);
          if (range.append(scratch, batch, b, shard)) {
            break;
          }
          seal(range);
        }
      }
    }
    exemplars(scratch, batch, shardCount);
    noteTimes(scratch, batch);
    received.add(scratch.outcome.samples + (long) scratch.outcome.histograms);
  }

  private Optional<TenantSeries> counted() {
    return counted;
  }

  /// Starts to count the tenant's series, once it has a limit on them; goes on for good.
  private synchronized void count() {
    if (counted.isEmpty()) {
      var all = new TenantSeries();
      recount(all);
    }
  }

  /// Under all locks of all ranges, so that a series is counted by exactly one of us and its
  /// writer: about 0.2 us a series, when a limit comes and when a range goes.
  private void recount(TenantSeries all) {
    List<HeadRange> locked = pieces();
    var stamps = new ArrayList<long[]>();
    for (HeadRange range : locked) {
      stamps.add(range.lockAll());
    }
    try {
      all.clear();
      for (HeadRange range : locked) {
        range.countInto(all);
      }
      counted = Optional.of(all);
    } finally {
      for (int i = 0; i < stamps.size(); i++) {
        locked.get(i).unlockAll(stamps.get(i));
      }
    }
  }

  private static void refuse(WriteScratch scratch, MetricsBatch batch, int start, int end) {
    for (int i = start; i < end; i++) {
      int run = scratch.runs.run(i);
      int series = scratch.runs.series(run);
      for (int row = scratch.runs.firstRow(run); row < scratch.runs.endRow(run); row++) {
        scratch.outcome.tooOld(batch, series, Long.MIN_VALUE, "292 million years");
      }
    }
  }

  @Override
  protected void place(List<HeadRange> all, HeadRange range) {
    int at = Collections.binarySearch(all, range, OLDEST_FIRST);
    all.add(at < 0 ? ~at : at, range);
  }

  /// Exemplars whose series has no row in this batch, and the tenant's bound.
  private void exemplars(WriteScratch scratch, MetricsBatch batch, int shardCount) {
    int n = batch.exemplars().size();
    if (n == 0) {
      return;
    }
    if (scratch.exemplarDone.cardinality() < n) {
      List<HeadRange> newestFirst = pieces().reversed();
      for (HeadRange range : newestFirst) {
        for (int shard = 0; shard < shardCount; shard++) {
          range.appendExemplarsOnly(scratch, batch, shard);
        }
      }
      for (int i = 0; i < n; i++) {
        if (!scratch.exemplarDone.get(i)) {
          int series = batch.exemplars().get(i).series();
          scratch.outcome.reject(
              WriteOutcome.EXEMPLAR_SERIES_MISSING,
              1,
              () ->
                  "the exemplar has been rejected because the related series has not been ingested"
                      + " yet (err-mimir-exemplar-series-missing). The affected exemplar is from"
                      + " series "
                      + WriteOutcome.labels(batch, series));
        }
      }
    }
    long count = exemplarCount.addAndGet(scratch.newExemplars);
    int max = scratch.limits.maxGlobalExemplarsPerUser();
    List<HeadRange> ranges = pieces();
    for (int r = 0; count > max && r < ranges.size(); ) {
      if (ranges.get(r).exemplars().removeOldest()) {
        count = exemplarCount.decrementAndGet();
      } else {
        r++;
      }
    }
  }

  private void noteTimes(WriteScratch scratch, MetricsBatch batch) {
    long newest = Long.MIN_VALUE;
    long oldest = Long.MAX_VALUE;
    long[] timestamps = batch.timestamps();
    for (int i = 0; i < batch.sampleCount(); i++) {
      newest = Math.max(newest, timestamps[i]);
      oldest = Math.min(oldest, timestamps[i]);
    }
    for (int i = 0; i < batch.histogramCount(); i++) {
      newest = Math.max(newest, batch.histogramTimestamp(i));
      oldest = Math.min(oldest, batch.histogramTimestamp(i));
    }
    if (newest > newestMillis.get()) {
      newestMillis.accumulateAndGet(newest, Math::max);
    }
    if (oldest < scratch.lateBeforeMillis) {
      noteLate(scratch);
    }
  }

  private void noteLate(WriteScratch scratch) {
    for (int b = 0; b < scratch.runs.bucketCount(); b++) {
      long start = scratch.runs.bucketAt(b) * HeadRange.DURATION_MILLIS;
      if (start < scratch.lateBeforeMillis) {
        late.changed(new TimeRange(start, start));
      }
    }
  }

  /// See [RangeVersions#version].
  long lateVersion(TimeRange range) {
    return late.version(range);
  }

  /// @return how many entries a limit refused
  int addMetadata(WriteScratch scratch, List<MetricMetadata> entries) {
    var fresh = new ArrayList<MetricMetadata>();
    int refused = metadata.add(entries, scratch.limits, scratch.nowMillis, fresh);
    if (!fresh.isEmpty()) {
      byte[] record = HeadRecords.metadata(fresh);
      scratch.submitPlain(HeadRecords.METADATA, record);
    }
    return refused;
  }

  /// All metadata, so that what the log said before may go.
  @Override
  protected void keepInLog(Wal wal) {
    List<MetricMetadata> all = metadata.of("");
    if (!all.isEmpty()) {
      byte[] record = HeadRecords.metadata(all);
      wal.append(Signal.METRICS, tenant(), HeadRecords.METADATA, record, 0, record.length);
    }
  }

  // ---- replay ----

  @Override
  protected void replayRows(Wal.Record r, HeadRange range) {
    HeadRange.Replay replay =
        replays.computeIfAbsent(
            range.blockId(), unused -> range.new Replay((int) (clock.millis() / 1000)));
    HeadRecords.readRows(r.payload(), r.offset(), r.length(), range.baseMillis(), replay);
  }

  @Override
  protected void replayOther(Wal.Record r) {
    if (r.type() != HeadRecords.METADATA) {
      super.replayOther(r);
      return;
    }
    var in = new ByteCursor().at(r.payload(), r.offset(), r.offset() + r.length());
    var entries = new ArrayList<MetricMetadata>();
    while (in.hasMore()) {
      entries.add(HeadRecords.readMetadata(in));
    }
    metadata.add(entries, MetricsLimits.defaults(), clock.millis(), new ArrayList<>());
  }

  @Override
  protected void replayed() {
    for (HeadRange.Replay replay : replays.values()) {
      replay.done();
      replayUnknownRows += replay.unknownRows();
    }
    replays.clear();
    long exemplars = 0;
    for (HeadRange range : pieces()) {
      exemplars += range.exemplars().size();
      newestMillis.accumulateAndGet(range.maxTimeMillis(), Math::max);
    }
    exemplarCount.set(exemplars);
    super.replayed();
  }

  /// Rows whose series the log did not define.
  long replayUnknownRows() {
    return replayUnknownRows;
  }

  // ---- life ----

  @Override
  protected void dropped(HeadRange range) {
    replays.remove(range.blockId());
    exemplarCount.addAndGet(-range.exemplars().size());
    counted.ifPresent(this::recount);
  }

  @Override
  protected boolean isEmpty() {
    return super.isEmpty() && metadata.isEmpty();
  }

  /// The newest late write of all.
  long newestLateVersion() {
    return late.newest();
  }

  MetadataStore metadata() {
    return metadata;
  }

  long newestMillis() {
    return newestMillis.get();
  }

  /// Called once a `seconds` by one thread.
  void measureRate(double seconds) {
    long now = received.sum();
    samplesPerSecond = (now - receivedBefore) / seconds;
    receivedBefore = now;
  }

  double samplesPerSecond() {
    return samplesPerSecond;
  }
}
