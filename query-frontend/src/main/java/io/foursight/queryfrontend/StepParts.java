package io.foursight.queryfrontend;

import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/// The steps of range queries, cut at multiples of an interval on the absolute clock, and work on
/// such parts at the same time. Times are in whatever unit the asker counts. Stateless.
public final class StepParts {
  /// A part has at least this many steps, or the whole interval.
  private static final int MIN_STEPS = 64;

  private StepParts() {}

  /// Steps `start`, `start + step`, ... `last` of one interval.
  ///
  /// @param number of the interval: its first time divided by its length
  public record Part(long start, long last, long number) {}

  /// The smallest multiple of `split` that has enough steps and is no shorter than `least`.
  public static long interval(long step, long split, long least) {
    long wanted = step > Long.MAX_VALUE / MIN_STEPS ? Long.MAX_VALUE : step * MIN_STEPS;
    long times = Math.ceilDiv(Math.max(wanted, least), split);
    return times > Long.MAX_VALUE / split ? Long.MAX_VALUE : split * Math.max(1, times);
  }

  /// @param end last time of a step, inclusive
  public static List<Part> split(long start, long end, long step, long interval) {
    var parts = new ArrayList<Part>();
    long t = start;
    while (t <= end) {
      long number = Math.floorDiv(t, interval);
      long border = end;
      if (interval != Long.MAX_VALUE) {
        border = Math.min(border, (number + 1) * interval - 1);
      }
      long last = t + (border - t) / step * step;
      parts.add(new Part(t, last, number));
      if (last > Long.MAX_VALUE - step) {
        break;
      }
      t = last + step;
    }
    return parts;
  }

  /// The work on each part, `parallelism` at a time; results in the order of the parts. The first
  /// failure cancels the budget and is thrown.
  public static <P, R> List<R> inParallel(
      List<P> parts, int parallelism, QueryBudget budget, Function<P, R> work) {
    if (parts.size() == 1 || parallelism <= 1) {
      return parts.stream().map(work).toList();
    }
    var turns = new Semaphore(parallelism);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<R>>();
      for (P part : parts) {
        Callable<R> task =
            () -> {
              turns.acquire();
              try {
                budget.check();
                return work.apply(part);
              } finally {
                turns.release();
              }
            };
        futures.add(threads.submit(TraceContext.carriedCall(task)));
      }
      try {
        var results = new ArrayList<R>();
        for (Future<R> future : futures) {
          results.add(future.get());
        }
        return results;
      } catch (ExecutionException e) {
        budget.cancel();
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        budget.cancel();
        Thread.currentThread().interrupt();
        throw FoursightException.unavailable("interrupted while waiting for parts of a query");
      }
    }
  }
}
