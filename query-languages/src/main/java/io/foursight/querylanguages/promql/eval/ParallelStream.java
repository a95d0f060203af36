package io.foursight.querylanguages.promql.eval;

import io.foursight.model.FoursightException;
import io.foursight.querylanguages.promql.series.SeriesStream;
import io.foursight.querylanguages.promql.series.StepSeries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// Several streams as one, in no order. As many as there are free helpers are evaluated by these,
/// in batches; the caller evaluates the others, one after the other, and takes batches as they
/// come. A failure of a helper is thrown to the caller. Closing waits until the helpers have let
/// go.
final class ParallelStream implements SeriesStream {
  /// Values in a batch, at most but for the last series.
  private static final int BATCH_VALUES = 16_384;

  private static final int BATCHES = 8;
  private static final long GLANCE_MILLIS = 20;

  private final QueryContext query;
  private final ArrayDeque<SeriesStream> own = new ArrayDeque<>();
  private final ArrayBlockingQueue<List<StepSeries>> ready = new ArrayBlockingQueue<>(BATCHES);
  private final List<Helper> helpers = new ArrayList<>();
  private volatile boolean closed;
  private boolean started;
  private List<StepSeries> batch = List.of();
  private int at;
  private boolean fromBatch;

  private ParallelStream(QueryContext query, List<? extends SeriesStream> parts) {
    this.query = query;
    own.addAll(parts);
  }

  /// When the first series is wanted: a stream that nobody reads keeps nobody busy.
  private void start() {
    started = true;
    List<SeriesStream> parts = List.copyOf(own);
    own.clear();
    own.add(parts.getFirst());
    for (SeriesStream part : parts.subList(1, parts.size())) {
      var helper = new Helper(part);
      try {
        query.helpers().execute(helper);
        helpers.add(helper);
      } catch (RejectedExecutionException e) {
        own.add(part);
      }
    }
  }

  static SeriesStream of(QueryContext query, List<? extends SeriesStream> parts) {
    return parts.size() == 1 ? parts.getFirst() : new ParallelStream(query, parts);
  }

  private final class Helper implements Runnable {
    private final SeriesStream part;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile RuntimeException failure;

    Helper(SeriesStream part) {
      this.part = part;
    }

    @Override
    public void run() {
      try (part) {
        int size = Math.max(1, BATCH_VALUES / Math.max(1, query.top().count()));
        var full = new ArrayList<StepSeries>();
        while (!closed && part.next()) {
          full.add(part.get());
          if (full.size() >= size) {
            hand(full);
            full = new ArrayList<>(size);
          }
        }
        hand(full);
      } catch (RuntimeException e) {
        failure = e;
      } catch (StackOverflowError | OutOfMemoryError e) {
        failure = new IllegalStateException("evaluation failed: " + e, e);
      } finally {
        done.countDown();
      }
    }

    private void hand(List<StepSeries> full) {
      try {
        while (!full.isEmpty()
            && !closed
            && !ready.offer(full, GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
          query.budget().check();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw FoursightException.unavailable("interrupted while evaluating a query");
      }
    }

    boolean isDone() {
      return done.getCount() == 0;
    }

    /// Waits on and on: it looks at `closed` after every series.
    void await() {
      boolean interrupted = false;
      while (true) {
        try {
          done.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean next() {
    if (!started) {
      start();
    }
    fromBatch = true;
    while (true) {
      if (++at < batch.size()) {
        return true;
      }
      at = -1;
      batch = List.of();
      List<StepSeries> next = ready.poll();
      if (next != null) {
        batch = next;
        continue;
      }
      if (!own.isEmpty()) {
        if (own.getFirst().next()) {
          fromBatch = false;
          return true;
        }
        own.removeFirst().close();
        continue;
      }
      if (!await()) {
        return false;
      }
    }
  }

  /// Waits for a batch; false when there will be none.
  private boolean await() {
    boolean done = true;
    for (Helper helper : helpers) {
      done &= helper.isDone();
      if (helper.failure != null) {
        throw helper.failure;
      }
    }
    if (done) {
      batch = ready.isEmpty() ? List.of() : ready.poll();
      return !batch.isEmpty();
    }
    query.budget().check();
    try {
      List<StepSeries> next = ready.poll(1, TimeUnit.MILLISECONDS);
      batch = next == null ? List.of() : next;
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while waiting for a part of a query");
    }
  }

  @Override
  public StepSeries get() {
    return fromBatch ? batch.get(at) : own.getFirst().get();
  }

  @Override
  public void close() {
    closed = true;
    ready.clear();
    RuntimeException failure = null;
    for (SeriesStream part : own) {
      try {
        part.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    own.clear();
    helpers.forEach(Helper::await);
    ready.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
