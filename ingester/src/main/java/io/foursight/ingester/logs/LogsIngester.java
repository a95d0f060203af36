package io.foursight.ingester.logs;

import io.foursight.config.TenantLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.SignalHeads;
import io.foursight.ingester.WriteGate;
import io.foursight.model.ErrorKind;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSink;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.model.logs.LogsWriteResult.Rejection;
import io.foursight.model.logs.StreamVolume;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.wal.Wal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Recent logs of all tenants of this process: durable in the log and visible in memory before a
/// write returns. Writes are refused with `UNAVAILABLE` before [#replayed], after [#close], and
/// past the bounds of the instance (memory, log, requests at once, tenants). Safe from any thread.
public final class LogsIngester extends SignalHeads<LogsHead, LogsSegment>
    implements LogsSink, LogsSource, LogsTailSource, LogsLateWrites {
  private static final int POOLED_SCRATCHES = 16;

  private final LogsIngesterConfig logsConfig;
  private final TenantLimits<LogsLimits> limits;
  private final SeriesHash hash;
  private final LogsIngesterMetrics metrics;
  private final LogsTails tails;
  private final ArrayBlockingQueue<LogsScratch> scratches =
      new ArrayBlockingQueue<>(POOLED_SCRATCHES);
  private final AtomicLong lateVersions = new AtomicLong();

  /// The newest late write to any head that was given up.
  private final AtomicLong retiredLateVersion = new AtomicLong();

  public LogsIngester(
      IngesterConfig config,
      LogsIngesterConfig logsConfig,
      TenantLimits<LogsLimits> limits,
      Wal wal,
      SeriesHash hash,
      Clock clock,
      RandomGenerator random,
      IngesterMetrics metrics) {
    super(
        config,
        new WriteGate.Bounds(logsConfig.headBytes(), "ingester.logs.max_head_bytes"),
        wal,
        clock,
        random,
        metrics);
    this.logsConfig = logsConfig;
    this.limits = limits;
    this.hash = hash;
    this.metrics = new LogsIngesterMetrics(metrics);
    this.tails = new LogsTails(this.metrics);
    metrics.gauge(
        "foursight_ingester_memory_streams",
        "Streams in memory, once per segment.",
        this::memoryStreams);
    metrics.gauge("foursight_ingester_tails", "Open tails.", tails::count);
  }

  // ---- writing ----

  @Override
  public LogsWriteResult write(TenantId tenant, LogsBatch batch) {
    return writing(
        tenant,
        head -> {
          if (batch.entryCount() == 0) {
            return new LogsWriteResult(0, List.of());
          }
          LogsScratch scratch = scratches.poll();
          if (scratch == null) {
            scratch = new LogsScratch(wal);
          }
          LogsWriteResult result = write(head, scratch, batch);
          scratches.offer(scratch);
          tails.offer(tenant, batch);
          return result;
        });
  }

  private LogsWriteResult write(LogsHead head, LogsScratch scratch, LogsBatch batch) {
    int maxStreams = limits.of(head.tenant()).maxGlobalStreamsPerUser();
    scratch.begin();
    int entries = batch.entryCount();
    try {
      head.append(scratch, batch, maxStreams, clock.millis());
    } finally {
      gate.reached(scratch.await());
    }
    metrics.entries.increment(scratch.outcome.added);
    metrics.duplicates.increment(scratch.outcome.repeated);
    BitSet refused = scratch.outcome.refused;
    return refused.isEmpty()
        ? new LogsWriteResult(entries, List.of())
        : new LogsWriteResult(
            entries - refused.cardinality(), tooManyStreams(batch, refused, maxStreams));
  }

  private static List<Rejection> tooManyStreams(LogsBatch batch, BitSet refused, int maxStreams) {
    var byStream = new LinkedHashMap<Labels, Rejection>();
    for (int s = 0; s < batch.streamCount(); s++) {
      int count = 0;
      long bytes = 0;
      for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
        if (refused.get(e)) {
          count++;
          bytes += batch.lineLength(e);
        }
      }
      if (count > 0) {
        Labels labels = batch.labels(s);
        String message =
            "maximum active stream limit exceeded when trying to create stream "
                + labels
                + ", the limit is "
                + maxStreams
                + "; use fewer labels or label values, or raise"
                + " limits.max_global_streams_per_user";
        byStream.merge(
            labels,
            new Rejection("stream_limit", ErrorKind.LIMIT_EXCEEDED, message, count, bytes),
            (a, b) ->
                new Rejection(
                    a.reason(),
                    a.kind(),
                    a.message(),
                    a.count() + b.count(),
                    a.bytes() + b.bytes()));
      }
    }
    return List.copyOf(byStream.values());
  }

  // ---- life ----

  @Override
  protected LogsHead newHead(TenantId tenant, LongFunction<LogsSegment> opener) {
    return new LogsHead(tenant, opener, lateVersions, clock);
  }

  @Override
  protected LogsSegment newPiece(String blockId, long bucket, long firstSegment) {
    return new LogsSegment(
        blockId,
        bucket,
        hash,
        firstSegment,
        clock.millis(),
        logsConfig.segmentSize().bytes(),
        gate.headBytes());
  }

  @Override
  protected boolean isDue(LogsSegment segment, long now) {
    return now - segment.lastAppendMillis() >= logsConfig.flushIdle().toMillis()
        || now - segment.createdMillis() >= logsConfig.flushMaxAge().toMillis();
  }

  @Override
  protected BlockMeta write(LogsHead head, LogsSegment segment, Path directory, long nowMillis) {
    return new SegmentBlock(segment).write(directory, nowMillis);
  }

  @Override
  protected Duration idle() {
    return logsConfig.flushIdle();
  }

  @Override
  protected void retiring(LogsHead head) {
    retiredLateVersion.accumulateAndGet(head.newestLateVersion(), Math::max);
  }

  private long memoryStreams() {
    long streams = 0;
    for (LogsHead head : heads()) {
      for (LogsSegment one : head.pieces()) {
        streams += one.streamCount();
      }
    }
    return streams;
  }

  // ---- reading ----

  private List<LogsSegment> segments(TenantId tenant) {
    return readable(tenant).map(LogsHead::pieces).orElse(List.of());
  }

  @Override
  public LogsCursor select(LogsSelect select) {
    return new HeadSelect(segments(select.tenant()), select);
  }

  @Override
  public List<Labels> series(LogsSelect select) {
    return List.copyOf(HeadFacts.series(segments(select.tenant()), select));
  }

  @Override
  public List<String> labelNames(LogsSelect select) {
    var names = new TreeSet<String>(Labels::compareText);
    HeadFacts.series(segments(select.tenant()), select)
        .forEach(labels -> names.addAll(labels.names()));
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(String label, LogsSelect select) {
    var values = new TreeSet<String>(Labels::compareText);
    for (Labels labels : HeadFacts.series(segments(select.tenant()), select)) {
      if (labels.has(label)) {
        values.add(labels.get(label));
      }
    }
    return List.copyOf(values);
  }

  @Override
  public LogsStats stats(LogsSelect select) {
    return HeadFacts.stats(segments(select.tenant()), select);
  }

  @Override
  public List<StreamVolume> volumes(LogsSelect select, long stepNanos) {
    return HeadFacts.volumes(segments(select.tenant()), select, stepNanos);
  }

  @Override
  public List<LogsPattern> patterns(LogsSelect select, long stepNanos, int limit) {
    return HeadFacts.patterns(segments(select.tenant()), select, stepNanos, limit);
  }

  @Override
  public Set<String> coveredBlocks(LogsSelect select) {
    return segments(select.tenant()).stream()
        .map(LogsSegment::blockId)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public long version(TenantId tenant, TimeRange range) {
    // In this order: a head that goes in between has left its number.
    long ofHead = head(tenant).map(head -> head.lateVersion(range)).orElse(0L);
    return Math.max(ofHead, retiredLateVersion.get());
  }

  @Override
  public Subscription subscribe(
      TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes) {
    return tails.subscribe(tenant, new ArrayList<>(matchers), maxBufferedBytes);
  }
}
