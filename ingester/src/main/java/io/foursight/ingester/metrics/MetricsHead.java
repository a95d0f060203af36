package io.foursight.ingester.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.RangeVersions;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;

/// The recent metrics of one tenant: its ranges, its metadata and what it remembers about late
/// writes. Safe from any thread; [#replay] only before anybody else.
final class MetricsHead {
  private static final long LOWEST_BUCKET =
      Math.floorDiv(Long.MIN_VALUE, HeadRange.DURATION_MILLIS);
  private static final int RETIRED = Integer.MIN_VALUE;
  private static final Comparator<HeadRange> OLDEST_FIRST =
      Comparator.comparingLong(HeadRange::bucket).thenComparing(HeadRange::blockId);

  private final TenantId tenant;
  private final LongFunction<HeadRange> opener;
  private final Map<Long, HeadRange> open = new ConcurrentHashMap<>();
  private volatile List<HeadRange> ranges = List.of();
  private final MetadataStore metadata = new MetadataStore();
  private final AtomicLong newestMillis = new AtomicLong(Long.MIN_VALUE);
  private final RangeVersions late;
  private final Clock clock;

  /// Writes under way; negative for good when the head was given up.
  private final AtomicInteger writers = new AtomicInteger();

  private volatile long lastWriteMillis;
  private final AtomicLong exemplarCount = new AtomicLong();
  private volatile Optional<TenantSeries> counted = Optional.empty();
  final LongAdder received = new LongAdder();
  private long receivedBefore;
  private volatile double samplesPerSecond;
  private final Map<String, HeadRange.Replay> replays = new ConcurrentHashMap<>();

  /// @param opener makes a new range for a bucket
  /// @param lateVersions the number given last to a late write of any tenant
  MetricsHead(
      TenantId tenant, LongFunction<HeadRange> opener, AtomicLong lateVersions, Clock clock) {
    this.tenant = tenant;
    this.opener = opener;
    this.late = new RangeVersions(lateVersions);
    this.clock = clock;
    this.lastWriteMillis = clock.millis();
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
          HeadRange range = openRange(bucket);
          if (range.append(scratch, batch, b, shard)) {
            break;
          }
          open.remove(bucket, range);
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
    List<HeadRange> locked = ranges;
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

  private HeadRange openRange(long bucket) {
    HeadRange range = open.get(bucket);
    return range != null ? range : createRange(bucket);
  }

  private synchronized HeadRange createRange(long bucket) {
    return open.computeIfAbsent(
        bucket,
        b -> {
          HeadRange range = opener.apply(b);
          add(range);
          return range;
        });
  }

  private synchronized void add(HeadRange range) {
    var all = new ArrayList<>(ranges);
    int at = Collections.binarySearch(all, range, OLDEST_FIRST);
    all.add(at < 0 ? ~at : at, range);
    ranges = Collections.unmodifiableList(all);
  }

  /// Exemplars whose series has no row in this batch, and the tenant's bound.
  private void exemplars(WriteScratch scratch, MetricsBatch batch, int shardCount) {
    int n = batch.exemplars().size();
    if (n == 0) {
      return;
    }
    if (scratch.exemplarDone.cardinality() < n) {
      List<HeadRange> newestFirst = ranges.reversed();
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

  /// Writes all metadata to the log again, so that what it said before may go.
  void logMetadata(Wal wal) {
    List<MetricMetadata> all = metadata.of("");
    if (!all.isEmpty()) {
      byte[] record = HeadRecords.metadata(all);
      wal.append(Signal.METRICS, tenant, HeadRecords.METADATA, record, 0, record.length);
    }
  }

  // ---- replay ----

  /// @param restore makes an empty range: id, bucket and the first segment
  void replay(Wal.Record r, int nowSeconds, RangeRestorer restore) {
    switch (r.type()) {
      case HeadRecords.ROWS -> {
        String id = HeadRecords.blockId(r.payload(), r.offset());
        HeadRange range = rangeWithId(id);
        if (range == null) {
          long bucket = HeadRecords.bucket(r.payload(), r.offset(), r.length());
          range = restore.restore(id, bucket, r.position().segment());
          add(range);
          replays.put(id, range.new Replay(nowSeconds));
        }
        HeadRecords.readRows(
            r.payload(), r.offset(), r.length(), range.baseMillis(), replays.get(id));
      }
      case HeadRecords.SEALED -> {
        HeadRange range = rangeWithId(HeadRecords.blockId(r.payload(), r.offset()));
        if (range != null) {
          range.seal();
        }
      }
      case HeadRecords.DROPPED -> {
        HeadRange range = rangeWithId(HeadRecords.blockId(r.payload(), r.offset()));
        if (range != null) {
          replays.remove(range.blockId());
          drop(range);
        }
      }
      case HeadRecords.METADATA -> {
        var in = new ByteCursor().at(r.payload(), r.offset(), r.offset() + r.length());
        var entries = new ArrayList<MetricMetadata>();
        while (in.hasMore()) {
          entries.add(HeadRecords.readMetadata(in));
        }
        metadata.add(entries, MetricsLimits.defaults(), nowSeconds * 1000L, new ArrayList<>());
      }
      default ->
          throw FoursightException.corrupt(
              "the metrics log has a record of unknown type " + r.type() + " at " + r.position());
    }
  }

  /// Makes a range that was there before.
  interface RangeRestorer {
    HeadRange restore(String blockId, long bucket, long firstSegment);
  }

  private HeadRange rangeWithId(String id) {
    for (HeadRange range : ranges.reversed()) {
      if (range.blockId().equals(id)) {
        return range;
      }
    }
    return null;
  }

  /// @return rows whose series the log does not define
  long replayed() {
    long unknown = 0;
    for (HeadRange.Replay replay : replays.values()) {
      replay.done();
      unknown += replay.unknownRows();
    }
    replays.clear();
    long exemplars = 0;
    for (HeadRange range : ranges) {
      exemplars += range.exemplars().size();
      newestMillis.accumulateAndGet(range.maxTimeMillis(), Math::max);
      if (!range.isSealed()) {
        HeadRange before = open.put(range.bucket(), range);
        if (before != null) {
          before.seal();
        }
      }
    }
    exemplarCount.set(exemplars);
    return unknown;
  }

  // ---- life of ranges ----

  /// Lets go of a range; running readers keep what they read.
  synchronized void drop(HeadRange range) {
    open.remove(range.bucket(), range);
    var all = new ArrayList<>(ranges);
    if (all.remove(range)) {
      ranges = Collections.unmodifiableList(all);
      exemplarCount.addAndGet(-range.exemplars().size());
      range.release();
      counted.ifPresent(this::recount);
    }
  }

  // ---- life of the head ----

  /// Begins a write. Every successful call is followed by one of [#leave()].
  ///
  /// @return false when the head was given up: there is another one by now, or will be
  boolean enter() {
    for (int n = writers.get(); n >= 0; n = writers.get()) {
      if (writers.compareAndSet(n, n + 1)) {
        return true;
      }
    }
    return false;
  }

  void leave() {
    lastWriteMillis = clock.millis();
    writers.decrementAndGet();
  }

  /// Gives the head up when it holds nothing and nobody has written for `idleMillis`; for good.
  boolean retire(long idleMillis) {
    return ranges.isEmpty()
        && metadata.isEmpty()
        && clock.millis() - lastWriteMillis >= idleMillis
        && writers.compareAndSet(0, RETIRED)
        && stillEmpty();
  }

  /// A write may have come and gone between the first look and the last.
  private boolean stillEmpty() {
    if (ranges.isEmpty() && metadata.isEmpty()) {
      return true;
    }
    writers.set(0);
    return false;
  }

  /// The newest late write of all.
  long newestLateVersion() {
    return late.newest();
  }

  /// Oldest first.
  List<HeadRange> ranges() {
    return ranges;
  }

  MetadataStore metadata() {
    return metadata;
  }

  TenantId tenant() {
    return tenant;
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
