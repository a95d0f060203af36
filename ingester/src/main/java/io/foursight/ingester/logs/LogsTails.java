package io.foursight.ingester.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsBatch;
import io.foursight.model.logs.LogsPage;
import io.foursight.model.logs.LogsTailSource.Dropped;
import io.foursight.model.logs.LogsTailSource.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Readers that wait for entries as they are accepted, by tenant. A reader has a bounded queue of
/// pages; what finds no room is dropped and counted, never waited for. Safe from any thread.
final class LogsTails {
  private static final int MAX_DROPPED_KEPT = 1000;

  private final Map<TenantId, CopyOnWriteArrayList<Tail>> byTenant = new ConcurrentHashMap<>();
  private final LogsIngesterMetrics metrics;

  LogsTails(LogsIngesterMetrics metrics) {
    this.metrics = metrics;
  }

  Subscription subscribe(TenantId tenant, List<LabelMatcher> matchers, long maxBufferedBytes) {
    var tail = new Tail(tenant, List.copyOf(matchers), maxBufferedBytes);
    byTenant.compute(
        tenant,
        (t, tails) -> {
          var all = tails == null ? new CopyOnWriteArrayList<Tail>() : tails;
          all.add(tail);
          return all;
        });
    return tail;
  }

  long count() {
    return byTenant.values().stream().mapToLong(List::size).sum();
  }

  /// Hands the entries of a batch to whoever waits for them.
  void offer(TenantId tenant, LogsBatch batch) {
    List<Tail> tails = byTenant.get(tenant);
    if (tails != null) {
      tails.forEach(tail -> tail.offer(batch));
    }
  }

  private final class Tail implements Subscription {
    private record Waiting(LogsPage page, long bytes) {}

    private final TenantId tenant;
    private final List<LabelMatcher> matchers;
    private final long maxBytes;
    private final ArrayDeque<Waiting> pages = new ArrayDeque<>();
    private final ArrayDeque<Dropped> dropped = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    Tail(TenantId tenant, List<LabelMatcher> matchers, long maxBytes) {
      this.tenant = tenant;
      this.matchers = matchers;
      this.maxBytes = maxBytes;
    }

    private boolean matches(Labels labels) {
      for (LabelMatcher matcher : matchers) {
        if (!matcher.matches(labels.get(matcher.name()))) {
          return false;
        }
      }
      return true;
    }

    void offer(LogsBatch batch) {
      var streams = new ArrayList<Integer>();
      long size = 0;
      for (int s = 0; s < batch.streamCount(); s++) {
        if (batch.entryEnd(s) > batch.entryStart(s) && matches(batch.labels(s))) {
          streams.add(s);
          for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
            size += 64 + batch.lineLength(e);
          }
        }
      }
      if (streams.isEmpty()) {
        return;
      }
      if (!reserve(size)) {
        drop(batch, streams);
        return;
      }
      LogsPage page = BatchPages.page(batch, streams);
      synchronized (this) {
        pages.add(new Waiting(page, size));
        notifyAll();
      }
    }

    /// A batch that is alone is taken whatever its size.
    private synchronized boolean reserve(long size) {
      if (closed || (bytes > 0 && bytes + size > maxBytes)) {
        return false;
      }
      bytes += size;
      return true;
    }

    private synchronized void drop(LogsBatch batch, List<Integer> streams) {
      if (closed) {
        return;
      }
      for (int s : streams) {
        for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
          metrics.tailDropped.increment();
          if (dropped.size() < MAX_DROPPED_KEPT) {
            dropped.add(new Dropped(batch.timestamps()[e], batch.labels(s)));
          }
        }
      }
    }

    @Override
    public synchronized Optional<LogsPage> poll(Duration wait) throws InterruptedException {
      long end = System.nanoTime() + wait.toNanos();
      while (pages.isEmpty() && !closed) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return Optional.empty();
        }
        wait(left / 1_000_000, (int) (left % 1_000_000));
      }
      Waiting next = pages.poll();
      if (next == null) {
        return Optional.empty();
      }
      bytes -= next.bytes;
      return Optional.of(next.page);
    }

    @Override
    public synchronized List<Dropped> takeDropped(int limit) {
      var taken = new ArrayList<Dropped>();
      while (taken.size() < limit && !dropped.isEmpty()) {
        taken.add(dropped.poll());
      }
      dropped.clear();
      return taken;
    }

    @Override
    public void close() {
      byTenant.computeIfPresent(
          tenant,
          (t, tails) -> {
            tails.remove(this);
            return tails.isEmpty() ? null : tails;
          });
      synchronized (this) {
        closed = true;
        pages.clear();
        notifyAll();
      }
    }
  }

  /// Copies of parts of batches.
  private static final class BatchPages {
    private BatchPages() {}

    static LogsPage page(LogsBatch batch, List<Integer> chosen) {
      int rows = 0;
      int size = 0;
      for (int s : chosen) {
        for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
          rows++;
          size += batch.lineLength(e);
        }
      }
      var times = new long[rows];
      var streamOf = new int[rows];
      var starts = new int[rows];
      var lengths = new int[rows];
      var lines = new byte[size];
      var labels = new ArrayList<Labels>();
      var columns = new HashMap<String, HeadColumn>();
      var byLabels = new HashMap<Labels, List<Integer>>();
      for (int s : chosen) {
        byLabels
            .computeIfAbsent(
                batch.labels(s),
                l -> {
                  labels.add(l);
                  return new ArrayList<>();
                })
            .add(s);
      }
      int row = 0;
      int at = 0;
      for (int number = 0; number < labels.size(); number++) {
        for (int e : ordered(batch, byLabels.get(labels.get(number)))) {
          times[row] = batch.timestamps()[e];
          streamOf[row] = number;
          starts[row] = at;
          lengths[row] = batch.lineLength(e);
          System.arraycopy(batch.body(), batch.lineOffset(e), lines, at, lengths[row]);
          at += lengths[row];
          for (int p = batch.metadataStart(e); p < batch.metadataEnd(e); p++) {
            var column = new HeadColumn(batch.body(), batch.nameOffset(p), batch.nameLength(p));
            columns
                .computeIfAbsent(column.name, n -> column)
                .set(row, batch.body(), batch.valueOffset(p), batch.valueLength(p));
          }
          row++;
        }
      }
      int count = rows;
      return new LogsPage(
          rows,
          times,
          labels,
          streamOf,
          lines,
          starts,
          lengths,
          columns.values().stream().map(c -> PageRows.column(c.view(), count)).toList());
    }

    private static List<Integer> ordered(LogsBatch batch, List<Integer> streams) {
      var entries = new ArrayList<Integer>();
      for (int s : streams) {
        for (int e = batch.entryStart(s); e < batch.entryEnd(s); e++) {
          entries.add(e);
        }
      }
      entries.sort((a, b) -> Long.compare(batch.timestamps()[a], batch.timestamps()[b]));
      return entries;
    }
  }
}
