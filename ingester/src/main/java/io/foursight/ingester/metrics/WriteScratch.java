package io.foursight.ingester.metrics;

import io.foursight.ingester.PieceRecords;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.storage.wal.Wal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// What one write call works with, reused by later calls: runs, the log records under way and what
/// they wait for. Owned by the call until all of its records are durable.
final class WriteScratch {
  private record Submitted(Wal.Pending pending, HeadRange range, Optional<HeadShard> defining) {}

  final BatchRuns runs = new BatchRuns();
  HeadRecords.RowWriter record = new HeadRecords.RowWriter();
  WriteOutcome outcome = new WriteOutcome();
  MetricsLimits limits = MetricsLimits.defaults();
  long nowMillis;
  int nowSeconds;

  /// Samples older than this are refused.
  long oldestMillis;

  /// Samples older than this are late: cached answers may have to change.
  long lateBeforeMillis;

  /// Whether the record under way defines series.
  boolean defines;

  /// Exemplars of the batch that have found their series.
  final BitSet exemplarDone = new BitSet();

  int newExemplars;
  private Supplier<Optional<TenantSeries>> counting = Optional::empty;
  private final Wal wal;
  private final List<Submitted> submitted = new ArrayList<>();
  private final List<Wal.Pending> plain = new ArrayList<>();
  private TenantId tenant = TenantId.ANONYMOUS;

  WriteScratch(Wal wal) {
    this.wal = wal;
  }

  void begin(TenantId forTenant, MetricsLimits withLimits, long now, long newestMillis) {
    tenant = forTenant;
    limits = withLimits;
    outcome = new WriteOutcome();
    nowMillis = now;
    nowSeconds = (int) (now / 1000);
    record.out.size(0);
    submitted.clear();
    plain.clear();
    defines = false;
    exemplarDone.clear();
    newExemplars = 0;
    Duration window = withLimits.outOfOrderTimeWindow();
    oldestMillis =
        window.isZero() || newestMillis == Long.MIN_VALUE
            ? Long.MIN_VALUE
            : newestMillis - window.toMillis();
  }

  /// Where the tenant's series are counted, if they are: asked under a shard's lock.
  Optional<TenantSeries> counted() {
    return counting.get();
  }

  void counting(Supplier<Optional<TenantSeries>> by) {
    counting = by;
  }

  String window() {
    return limits.outOfOrderTimeWindow().toString().substring(2).toLowerCase(Locale.ROOT);
  }

  /// Sends the record on its way; under the shard's lock.
  void submit(HeadRecords.RowWriter rows, HeadRange range, HeadShard shard) {
    for (Wal.Pending definition : shard.definitions) {
      submitted.add(new Submitted(definition, range, Optional.empty()));
    }
    Wal.Pending pending;
    try {
      pending =
          wal.submit(
              Signal.METRICS,
              tenant,
              PieceRecords.ROWS,
              rows.out.array(),
              rows.start(),
              rows.length());
    } catch (FoursightException e) {
      pending =
          () -> {
            throw e;
          };
    }
    if (defines) {
      shard.definitions.add(pending);
    }
    submitted.add(new Submitted(pending, range, defines ? Optional.of(shard) : Optional.empty()));
    defines = false;
  }

  /// As [#submit], for a record that names no series.
  void submitPlain(byte type, byte[] payload) {
    plain.add(wal.submit(Signal.METRICS, tenant, type, payload, 0, payload.length));
  }

  /// Waits until everything is durable, the definitions of the series written included. A range of
  /// which a record failed takes no more rows: they could name series that the log does not know.
  ///
  /// @return the segment of the last record, or -1 when there was none
  /// @throws FoursightException what the log says; every range concerned is sealed by then
  long await() {
    long segment = -1;
    Optional<FoursightException> failure = Optional.empty();
    for (Submitted s : submitted) {
      try {
        segment = Math.max(segment, s.pending.await().segment());
        if (s.defining.isPresent()) {
          HeadShard shard = s.defining.get();
          long stamp = shard.lock.writeLock();
          shard.definitions.remove(s.pending);
          shard.lock.unlockWrite(stamp);
        }
      } catch (FoursightException e) {
        failure = Optional.of(e);
        s.range.seal();
      }
    }
    submitted.clear();
    for (Wal.Pending pending : plain) {
      try {
        segment = Math.max(segment, pending.await().segment());
      } catch (FoursightException e) {
        failure = Optional.of(e);
      }
    }
    plain.clear();
    if (failure.isPresent()) {
      throw failure.get();
    }
    return segment;
  }

  boolean isLarge() {
    return record.out.array().length > 8 << 20;
  }
}
