package io.foursight.ingester;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.storage.wal.Wal;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Whether one signal takes writes: not before the log is read, not after the close, and not past
/// the bounds of the instance (memory, log, requests at once, tenants); each refusal is
/// `UNAVAILABLE` and counted. Safe from any thread.
public final class WriteGate {
  private enum Phase {
    STARTING,
    RUNNING,
    CLOSED
  }

  /// The signal's own bounds and how messages call them.
  ///
  /// @param maxHeadBytes memory of all its heads
  /// @param headBytesKey the setting
  public record Bounds(long maxHeadBytes, String headBytesKey) {}

  private final Signal signal;
  private final IngesterConfig config;
  private final Bounds bounds;
  private final Wal wal;
  private final IngesterMetrics metrics;
  private final AtomicLong headBytes = new AtomicLong();
  private final AtomicLong segment = new AtomicLong();
  private final AtomicInteger inflight = new AtomicInteger();
  private volatile long walBytes;
  private volatile Phase phase = Phase.STARTING;

  WriteGate(Signal signal, IngesterConfig config, Bounds bounds, Wal wal, IngesterMetrics metrics) {
    this.signal = signal;
    this.config = config;
    this.bounds = bounds;
    this.wal = wal;
    this.metrics = metrics;
  }

  /// Lets one write in, which calls [#leave] in the end.
  ///
  /// @throws FoursightException `UNAVAILABLE` when there is no room: do not leave then
  void enter() {
    int running = inflight.incrementAndGet();
    try {
      checkRoom(running);
    } catch (FoursightException e) {
      leave();
      throw e;
    }
  }

  void leave() {
    if (inflight.decrementAndGet() == 0 && phase == Phase.CLOSED) {
      synchronized (this) {
        notifyAll();
      }
    }
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
              + " (ingester.max_inflight_push_requests"
              + mimirId("max-inflight-push-requests")
              + ")");
    }
    if (headBytes.get() > bounds.maxHeadBytes()) {
      throw refused(
          "memory",
          "the ingester's heads of "
              + signal.plural()
              + " hold "
              + headBytes.get()
              + " bytes, the limit is "
              + bounds.maxHeadBytes()
              + " ("
              + bounds.headBytesKey()
              + ")");
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

  /// @param held tenants in memory
  /// @throws FoursightException `UNAVAILABLE` when one more is too many
  void checkTenants(int held) {
    int max = config.maxTenants();
    if (max > 0 && held >= max) {
      throw refused(
          "tenants",
          "the ingester holds "
              + held
              + " tenants, the limit is "
              + max
              + " (ingester.max_tenants"
              + mimirId("max-tenants")
              + ")");
    }
  }

  /// Mimir's clients look for its error ids.
  private String mimirId(String id) {
    return signal == Signal.METRICS ? ", err-mimir-ingester-" + id : "";
  }

  private FoursightException refused(String reason, String message) {
    metrics.refused(reason).increment();
    return FoursightException.unavailable(message);
  }

  /// @throws FoursightException `UNAVAILABLE` while the log is being read
  public void checkReadable() {
    if (phase == Phase.STARTING) {
      throw FoursightException.unavailable("the ingester is starting: it reads its log");
    }
  }

  /// The log has been read and ends before `currentSegment`.
  void started(long currentSegment) {
    segment.set(currentSegment);
    measure();
    phase = Phase.RUNNING;
  }

  /// Once a tick: what is too dear to ask for each write.
  void measure() {
    walBytes = wal.sizeBytes();
  }

  /// Refuses further writes and waits for those under way.
  void close(Deadline deadline) {
    phase = Phase.CLOSED;
    synchronized (this) {
      while (inflight.get() > 0 && !deadline.expired()) {
        try {
          wait(Math.max(1, Math.min(1000, deadline.remaining().toMillis())));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /// A record went to this segment of the log, or a later one.
  public void reached(long newSegment) {
    if (newSegment > segment.get()) {
      segment.accumulateAndGet(newSegment, Math::max);
    }
  }

  /// Where a piece's first record can lie at the earliest.
  long segment() {
    return segment.get();
  }

  /// Memory of all heads of the signal: pieces keep it up to date.
  public AtomicLong headBytes() {
    return headBytes;
  }

  long maxHeadBytes() {
    return bounds.maxHeadBytes();
  }
}
