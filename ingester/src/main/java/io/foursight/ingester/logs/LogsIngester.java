package io.foursight.ingester.logs;

import io.foursight.config.TenantLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsCursor;
import io.foursight.model.logs.LogsPattern;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSink;
import io.foursight.model.logs.LogsSource;
import io.foursight.model.logs.LogsStats;
import io.foursight.model.logs.LogsTailSource;
import io.foursight.model.logs.LogsWriteResult;
import io.foursight.model.logs.LogsWriteResult.Rejection;
import io.foursight.model.logs.StreamVolume;
import io.foursight.storage.block.Ulids;
import io.foursight.storage.wal.Wal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
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
import java.util.stream.Collectors;

/// Recent logs of all tenants of this process: durable in the log and visible in memory before a
/// write returns. Writes are refused with `UNAVAILABLE` before [#replayed], after [#close], and
/// past the bounds of the instance (memory, log, requests at once, tenants). Safe from any thread.
public final class LogsIngester implements LogsSink, LogsSource, LogsTailSource {
  private static final int POOLED_SCRATCHES = 16;

  private enum Phase {
    STARTING,
    RUNNING,
    CLOSED
  }

  private final IngesterConfig config;
  private final LogsIngesterConfig logsConfig;
  private final Wal wal;
  private final TenantLimits<LogsLimits> limits;
  private final SeriesHash hash;
  private final Clock clock;
  private final Ulids ids;
  private final LogsIngesterMetrics metrics;
  private final LogsTails tails;
  private final long maxHeadBytes;
  private final Map<TenantId, LogsHead> heads = new ConcurrentHashMap<>();
  private final AtomicLong headBytes = new AtomicLong();
  private final AtomicLong segment = new AtomicLong();
  private final AtomicInteger inflight = new AtomicInteger();
  private final ArrayBlockingQueue<LogsScratch> scratches =
      new ArrayBlockingQueue<>(POOLED_SCRATCHES);
  private volatile long walBytes;
  private volatile Phase phase = Phase.STARTING;

  public LogsIngester(
      IngesterConfig config,
      LogsIngesterConfig logsConfig,
      TenantLimits<LogsLimits> limits,
      Wal wal,
      SeriesHash hash,
      Clock clock,
      RandomGenerator random,
      LogsIngesterMetrics metrics) {
    this.config = config;
    this.logsConfig = logsConfig;
    this.limits = limits;
    this.wal = wal;
    this.hash = hash;
    this.clock = clock;
    this.ids = new Ulids(clock, random);
    this.metrics = metrics;
    this.tails = new LogsTails(metrics);
    this.maxHeadBytes = logsConfig.headBytes();
    metrics.watch(this::memoryStreams, headBytes::get, heads::size, tails::count);
  }

  // ---- writing ----

  @Override
  public LogsWriteResult write(TenantId tenant, LogsBatch batch) {
    int running = inflight.incrementAndGet();
    try {
      checkRoom(running);
      if (batch.entryCount() == 0) {
        return new LogsWriteResult(0, List.of());
      }
      LogsHead head = head(tenant);
      LogsScratch scratch = scratches.poll();
      if (scratch == null) {
        scratch = new LogsScratch(wal);
      }
      LogsWriteResult result = write(head, scratch, batch);
      scratches.offer(scratch);
      tails.offer(tenant, batch);
      return result;
    } finally {
      inflight.decrementAndGet();
    }
  }

  private LogsWriteResult write(LogsHead head, LogsScratch scratch, LogsBatch batch) {
    int maxStreams = limits.of(head.tenant()).maxGlobalStreamsPerUser();
    scratch.begin();
    int entries = batch.entryCount();
    try {
      head.append(scratch, batch, maxStreams, clock.millis());
    } finally {
      long reached = scratch.await();
      if (reached > segment.get()) {
        segment.accumulateAndGet(reached, Math::max);
      }
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
              + " (ingester.max_inflight_push_requests)");
    }
    if (headBytes.get() > maxHeadBytes) {
      throw refused(
          "memory",
          "the ingester's heads of logs hold "
              + headBytes.get()
              + " bytes, the limit is "
              + maxHeadBytes
              + " (ingester.logs.max_head_bytes)");
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

  private LogsHead head(TenantId tenant) {
    LogsHead head = heads.get(tenant);
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
              + " (ingester.max_tenants)");
    }
    return newHead(tenant);
  }

  private LogsHead newHead(TenantId tenant) {
    return heads.computeIfAbsent(
        tenant, t -> new LogsHead(t, bucket -> segment(ids.next(), bucket, segment.get())));
  }

  private LogsSegment segment(String id, long bucket, long firstSegment) {
    return new LogsSegment(
        id,
        bucket,
        hash,
        firstSegment,
        clock.millis(),
        logsConfig.segmentSize().bytes(),
        headBytes);
  }

  // ---- life ----

  /// One record of the log, before anything else; records of different tenants may come at once.
  public void replay(Wal.Record record) {
    metrics.replayedRecords.increment();
    newHead(record.tenant()).replay(record, this::segment);
  }

  /// The whole log has been read and ends before `currentSegment`: writes are welcome.
  public void replayed(long currentSegment) {
    segment.set(currentSegment);
    heads.values().forEach(LogsHead::replayed);
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

  /// Heads by tenant, live.
  Map<TenantId, LogsHead> heads() {
    return heads;
  }

  /// The log up to which all is durable in blocks may go.
  void truncateLog() {
    long floor = wal.cut();
    segment.accumulateAndGet(floor, Math::max);
    for (LogsHead head : heads.values()) {
      for (LogsSegment one : head.segments()) {
        floor = Math.min(floor, one.firstSegment());
      }
    }
    wal.truncate(floor);
  }

  /// Once a tick: what is measured from outside.
  void tick() {
    walBytes = wal.sizeBytes();
  }

  /// Tenants with anything in memory, ascending.
  public Set<TenantId> tenants() {
    return new TreeSet<>(heads.keySet());
  }

  private long memoryStreams() {
    long streams = 0;
    for (LogsHead head : heads.values()) {
      for (LogsSegment one : head.segments()) {
        streams += one.streamCount();
      }
    }
    return streams;
  }

  // ---- reading ----

  private List<LogsSegment> segments(TenantId tenant) {
    if (phase == Phase.STARTING) {
      throw FoursightException.unavailable("the ingester is starting: it reads its log");
    }
    LogsHead head = heads.get(tenant);
    return head == null ? List.of() : head.segments();
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
    return List.of();
  }

  @Override
  public Set<String> coveredBlocks(LogsSelect select) {
    return segments(select.tenant()).stream()
        .map(LogsSegment::blockId)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Subscription subscribe(
      TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes) {
    return tails.subscribe(tenant, new ArrayList<>(matchers), maxBufferedBytes);
  }
}
