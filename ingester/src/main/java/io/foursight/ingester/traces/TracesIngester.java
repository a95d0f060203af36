package io.foursight.ingester.traces;

import io.foursight.config.TenantLimits;
import io.foursight.ingester.IngesterConfig;
import io.foursight.ingester.IngesterMetrics;
import io.foursight.ingester.SignalHeads;
import io.foursight.ingester.WriteGate;
import io.foursight.model.ErrorKind;
import io.foursight.model.QueryBudget;
import io.foursight.model.SeriesHash;
import io.foursight.model.TenantId;
import io.foursight.model.traces.MergingTracesCursor;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesBatch;
import io.foursight.model.traces.TracesCursor;
import io.foursight.model.traces.TracesSelect;
import io.foursight.model.traces.TracesSink;
import io.foursight.model.traces.TracesSource;
import io.foursight.model.traces.TracesStats;
import io.foursight.model.traces.TracesTags;
import io.foursight.model.traces.TracesUnions;
import io.foursight.model.traces.TracesWriteResult;
import io.foursight.model.traces.TracesWriteResult.Rejection;
import io.foursight.storage.block.BlockMeta;
import io.foursight.storage.wal.Wal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Recent traces of all tenants of this process: durable in the log and visible in memory before a
/// write returns. Writes are refused with `UNAVAILABLE` before [#replayed], after [#close], and
/// past the bounds of the instance (memory, log, requests at once, tenants). Safe from any thread.
public final class TracesIngester extends SignalHeads<TracesHead, TracesSegment>
    implements TracesSink, TracesSource {
  private static final int POOLED_SCRATCHES = 16;

  private final TracesIngesterConfig tracesConfig;
  private final TenantLimits<TracesLimits> limits;
  private final SeriesHash hash;
  private final TracesIngesterMetrics metrics;
  private final ArrayBlockingQueue<TracesScratch> scratches =
      new ArrayBlockingQueue<>(POOLED_SCRATCHES);

  public TracesIngester(
      IngesterConfig config,
      TracesIngesterConfig tracesConfig,
      TenantLimits<TracesLimits> limits,
      Wal wal,
      SeriesHash hash,
      Clock clock,
      RandomGenerator random,
      IngesterMetrics metrics) {
    super(
        config,
        new WriteGate.Bounds(tracesConfig.headBytes(), "ingester.traces.max_head_bytes"),
        wal,
        clock,
        random,
        metrics);
    this.tracesConfig = tracesConfig;
    this.limits = limits;
    this.hash = hash;
    this.metrics = new TracesIngesterMetrics(metrics);
    metrics.gauge("foursight_ingester_memory_spans", "Spans in memory.", this::memorySpans);
    metrics.gauge(
        "foursight_ingester_memory_traces",
        "Traces in memory, once per segment.",
        this::memoryTraces);
  }

  // ---- writing ----

  @Override
  public TracesWriteResult write(TenantId tenant, TracesBatch batch) {
    return writing(
        tenant,
        head -> {
          if (batch.spanCount() == 0) {
            return new TracesWriteResult(0, List.of());
          }
          TracesScratch scratch = scratches.poll();
          if (scratch == null) {
            scratch = new TracesScratch(wal);
          }
          TracesWriteResult result = write(head, scratch, batch);
          scratches.offer(scratch);
          return result;
        });
  }

  private TracesWriteResult write(TracesHead head, TracesScratch scratch, TracesBatch batch) {
    TracesLimits own = limits.of(head.tenant());
    scratch.begin();
    try {
      head.append(scratch, batch, own, clock.millis());
    } finally {
      gate.reached(scratch.await());
    }
    TracesSegment.Outcome outcome = scratch.outcome;
    metrics.spans.increment(outcome.added);
    metrics.duplicates.increment(outcome.repeated);
    int stored = outcome.added + outcome.repeated;
    if (stored == batch.spanCount()) {
      return new TracesWriteResult(stored, List.of());
    }
    return new TracesWriteResult(stored, rejections(batch, outcome, own));
  }

  private static List<Rejection> rejections(
      TracesBatch batch, TracesSegment.Outcome outcome, TracesLimits own) {
    var all = new ArrayList<Rejection>();
    if (!outcome.tooLarge.isEmpty()) {
      all.add(
          new Rejection(
              "trace_too_large",
              ErrorKind.LIMIT_EXCEEDED,
              "TRACE_TOO_LARGE: max size of trace ("
                  + own.maxBytesPerTrace().bytes()
                  + " bytes, limits.max_bytes_per_trace) exceeded while adding a span to trace "
                  + traceOf(batch, outcome.tooLarge),
              outcome.tooLarge.cardinality()));
    }
    if (!outcome.tooMany.isEmpty()) {
      all.add(
          new Rejection(
              "live_traces_exceeded",
              ErrorKind.LIMIT_EXCEEDED,
              "LIVE_TRACES_EXCEEDED: max live traces ("
                  + own.maxTracesPerUser()
                  + ", limits.max_traces_per_user) exceeded by trace "
                  + traceOf(batch, outcome.tooMany),
              outcome.tooMany.cardinality()));
    }
    return all;
  }

  private static TraceId traceOf(TracesBatch batch, BitSet spans) {
    int first = spans.nextSetBit(0);
    return new TraceId(batch.traceHigh(first), batch.traceLow(first));
  }

  // ---- life ----

  @Override
  protected TracesHead newHead(TenantId tenant, LongFunction<TracesSegment> opener) {
    return new TracesHead(tenant, opener, clock);
  }

  @Override
  protected TracesSegment newPiece(String blockId, long bucket, long firstSegment) {
    return new TracesSegment(
        blockId,
        bucket,
        hash,
        firstSegment,
        clock.millis(),
        tracesConfig.segmentSize().bytes(),
        gate.headBytes());
  }

  @Override
  protected boolean isDue(TracesSegment segment, long now) {
    return now - segment.lastAppendMillis() >= tracesConfig.flushIdle().toMillis()
        || now - segment.createdMillis() >= tracesConfig.flushMaxAge().toMillis();
  }

  @Override
  protected BlockMeta write(
      TracesHead head, TracesSegment segment, Path directory, long nowMillis) {
    return new SegmentBlock(segment).write(directory, nowMillis);
  }

  @Override
  protected Duration idle() {
    return tracesConfig.flushIdle();
  }

  private long memorySpans() {
    long spans = 0;
    for (TracesHead head : heads()) {
      for (TracesSegment segment : head.pieces()) {
        spans += segment.spanCount();
      }
    }
    return spans;
  }

  private long memoryTraces() {
    long traces = 0;
    for (TracesHead head : heads()) {
      for (TracesSegment segment : head.pieces()) {
        traces += segment.traceCount();
      }
    }
    return traces;
  }

  // ---- reading ----

  private List<TracesSegment> segments(TenantId tenant) {
    return readable(tenant).map(TracesHead::pieces).orElse(List.of());
  }

  @Override
  public TracesCursor select(TracesSelect select) {
    var cursors = new ArrayList<TracesCursor>();
    try {
      for (TracesSegment segment : segments(select.tenant())) {
        cursors.add(SegmentSelect.of(segment, select));
      }
      return MergingTracesCursor.of(cursors);
    } catch (RuntimeException e) {
      cursors.forEach(TracesCursor::close);
      throw e;
    }
  }

  @Override
  public TraceCandidates candidates(TracesSelect select, int limit) {
    return TracesUnions.candidates(
        segments(select.tenant()).stream()
            .map(segment -> HeadFacts.candidates(segment, select, limit))
            .toList(),
        limit);
  }

  @Override
  public TracePieces trace(
      TenantId tenant,
      TraceId id,
      long startNanos,
      long endNanos,
      long maxBytes,
      QueryBudget budget) {
    var pieces = new ArrayList<byte[]>();
    var scanned = TracesStats.NONE;
    boolean truncated = false;
    long bytes = 0;
    for (TracesSegment segment : segments(tenant)) {
      if (maxBytes > 0 && bytes >= maxBytes) {
        truncated |= segment.rowsOf(id.high(), id.low()).length > 0;
        continue;
      }
      TracePieces piece = HeadFacts.trace(segment, id, maxBytes > 0 ? maxBytes - bytes : 0, budget);
      for (byte[] one : piece.pieces()) {
        pieces.add(one);
        bytes += one.length;
      }
      truncated |= piece.truncated();
      scanned = scanned.plus(piece.scanned());
    }
    return new TracePieces(pieces, truncated, scanned);
  }

  @Override
  public List<TracesTags> tagNames(TracesSelect select) {
    var names = new TagNames();
    for (TracesSegment segment : segments(select.tenant())) {
      SegmentView view = segment.view();
      names.nextSegment();
      new SegmentFilter(view, select).forEach(row -> names.add(view, row));
    }
    return names.tags();
  }

  @Override
  public List<SpanValue> tagValues(SpanField field, TracesSelect select, int limit) {
    return HeadFacts.tagValues(segments(select.tenant()), field, select, limit);
  }

  @Override
  public Set<String> coveredBlocks(TracesSelect select) {
    return segments(select.tenant()).stream()
        .map(TracesSegment::blockId)
        .collect(Collectors.toUnmodifiableSet());
  }
}
