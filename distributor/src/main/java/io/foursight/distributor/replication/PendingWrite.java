package io.foursight.distributor.replication;

import io.foursight.distributor.replication.QuorumWriter.Answer;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// The answers to one request as they come: how many each item still needs, and how many failures
/// it still survives. Answers may come from any thread; one thread waits.
final class PendingWrite<R> {
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Predicate<R> isPartial;
  private final int[] needed;
  private final int[] survives;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Answer<R>> answers = new ArrayList<>();
  private final List<FoursightException> failures = new ArrayList<>();
  private int open;
  private int underway;
  private boolean lost;
  private boolean partial;

  PendingWrite(int items, Predicate<R> isPartial) {
    this.isPartial = isPartial;
    this.needed = new int[items];
    this.survives = new int[items];
    this.open = items;
  }

  void expect(int item, int successes, int errors) {
    needed[item] = successes;
    survives[item] = errors;
  }

  void start(int messages) {
    underway = messages;
  }

  void succeeded(int[] items, int count, R result) {
    lock.lock();
    try {
      underway--;
      for (int i = 0; i < count; i++) {
        if (--needed[items[i]] == 0) {
          open--;
        }
      }
      answers.add(new Answer<>(count, result));
      partial |= isPartial.test(result);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void failed(int[] items, int count, String instance, RuntimeException failure) {
    lock.lock();
    try {
      underway--;
      for (int i = 0; i < count; i++) {
        lost |= --survives[items[i]] < 0;
      }
      failures.add(
          new FoursightException(
              failure instanceof FoursightException e ? e.kind() : ErrorKind.INTERNAL,
              instance + ": " + failure.getMessage(),
              failure));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the quorum of every item. Senders have deadlines, so this ends.
  List<Answer<R>> await() {
    lock.lock();
    try {
      while (open > 0 && !lost) {
        changed.await();
      }
      if (open > 0) {
        throw failure();
      }
      long left = GRACE_NANOS;
      while (partial && underway > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return List.copyOf(answers);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while waiting for ingesters");
    } finally {
      lock.unlock();
    }
  }

  /// Most replicas' reason, if it is the sender's fault; else something that the sender retries.
  private FoursightException failure() {
    Map<ErrorKind, Integer> kinds = new EnumMap<>(ErrorKind.class);
    failures.forEach(f -> kinds.merge(f.kind(), 1, Integer::sum));
    ErrorKind kind = ErrorKind.UNAVAILABLE;
    for (var entry : kinds.entrySet()) {
      boolean senders =
          switch (entry.getKey()) {
            case BAD_DATA, TOO_LARGE, LIMIT_EXCEEDED, CONFLICT -> true;
            default -> false;
          };
      if (senders && 2 * entry.getValue() > failures.size()) {
        kind = entry.getKey();
      }
    }
    ErrorKind chosen = kind;
    FoursightException cause =
        failures.stream().filter(f -> f.kind() == chosen).findFirst().orElse(failures.getFirst());
    return new FoursightException(
        kind,
        "too few ingesters stored the request, "
            + failures.size()
            + " failed: "
            + cause.getMessage(),
        cause);
  }
}
