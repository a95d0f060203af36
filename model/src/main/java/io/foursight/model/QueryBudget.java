package io.foursight.model;

import java.util.concurrent.atomic.AtomicLong;

/// What one query may spend: memory, samples and time. One object travels with the query through
/// every Source and operator; all methods may be called from any thread.
///
/// Sources charge what they hold for the query (decoded columns, labels) and release it when they
/// let go; they call [#check()] at least once a series or page so that a canceled query stops.
public final class QueryBudget {
  private final long maxMemoryBytes;
  private final long maxSamples;
  private final Deadline deadline;
  private final AtomicLong memoryBytes = new AtomicLong();
  private final AtomicLong peakMemoryBytes = new AtomicLong();
  private final AtomicLong samples = new AtomicLong();
  private final AtomicLong totalSamples = new AtomicLong();
  private final AtomicLong series = new AtomicLong();
  private volatile boolean canceled;

  /// @param maxMemoryBytes bytes held at once; 0 = unlimited
  /// @param maxSamples samples loaded at once, as PromQL counts them; 0 = unlimited
  public QueryBudget(long maxMemoryBytes, long maxSamples, Deadline deadline) {
    this.maxMemoryBytes = maxMemoryBytes;
    this.maxSamples = maxSamples;
    this.deadline = deadline;
  }

  /// No bound at all: tests, compaction and tools.
  public static QueryBudget unlimited() {
    return new QueryBudget(0, 0, Deadline.NONE);
  }

  /// @throws FoursightException `QUERY_LIMIT` when the query would hold more than its bound
  public void charge(long bytes) {
    long now = memoryBytes.addAndGet(bytes);
    if (maxMemoryBytes > 0 && now > maxMemoryBytes) {
      memoryBytes.addAndGet(-bytes);
      throw new FoursightException(
          ErrorKind.QUERY_LIMIT,
          "the query needs more memory than allowed: it holds "
              + (now - bytes)
              + " bytes and asked for "
              + bytes
              + " more, the limit is "
              + maxMemoryBytes
              + " bytes (limits.max_estimated_memory_consumption_per_query); narrow its selectors"
              + " or its time range");
    }
    peakMemoryBytes.accumulateAndGet(now, Math::max);
  }

  public void release(long bytes) {
    memoryBytes.addAndGet(-bytes);
  }

  /// Counts samples that are held at the same time.
  ///
  /// @throws FoursightException `QUERY_LIMIT` past the bound, with Prometheus's text
  public void chargeSamples(long count) {
    totalSamples.addAndGet(Math.max(0, count));
    long now = samples.addAndGet(count);
    if (maxSamples > 0 && now > maxSamples) {
      throw new FoursightException(
          ErrorKind.QUERY_LIMIT,
          "query processing would load too many samples into memory in query execution");
    }
  }

  public void releaseSamples(long count) {
    samples.addAndGet(-count);
  }

  /// Counts samples that somebody else read for this query and does not hold any more.
  public void countSamples(long count) {
    totalSamples.addAndGet(count);
  }

  public void countSeries(long count) {
    series.addAndGet(count);
  }

  /// @throws FoursightException `CANCELED` or `TIMEOUT`
  public void check() {
    if (canceled) {
      throw new FoursightException(ErrorKind.CANCELED, "query was canceled in query execution");
    }
    if (deadline.expired()) {
      throw new FoursightException(ErrorKind.TIMEOUT, "query timed out in query execution");
    }
  }

  /// Makes every later [#check()] throw.
  public void cancel() {
    canceled = true;
  }

  public boolean isCanceled() {
    return canceled;
  }

  public Deadline deadline() {
    return deadline;
  }

  /// The bound on bytes held at once; 0 = unlimited.
  public long maxMemoryBytes() {
    return maxMemoryBytes;
  }

  /// The bound on samples held at once; 0 = unlimited.
  public long maxSamples() {
    return maxSamples;
  }

  public long memoryBytes() {
    return memoryBytes.get();
  }

  public long peakMemoryBytes() {
    return peakMemoryBytes.get();
  }

  public long totalSamples() {
    return totalSamples.get();
  }

  public long totalSeries() {
    return series.get();
  }
}
