package io.foursight.querier.replication;

import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TraceContext;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.ReplicationSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/// One question to all instances of a replication set at once: goes on when enough have answered,
/// and does not wait for the slow ones much longer than for those. What comes too late is given to
/// `discard`.
///
/// @param <R> what an instance answers
public final class ReplicatedRead<R> {
  /// Where the others know all that one knows.
  public static final Duration GRACE = Duration.ofMillis(20);

  /// Where only all answers together are exact.
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final long GLANCE_MILLIS = 50;

  /// One instance's answer.
  public record Answer<R>(InstanceDescriptor instance, R result) {}

  private final Tolerance tolerance;
  private final long minGraceNanos;
  private final Consumer<R> discard;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, InstanceDescriptor> waiting = new HashMap<>();
  private final List<Answer<R>> answers = new ArrayList<>();
  private FoursightException failure;
  private boolean closed;

  private ReplicatedRead(Tolerance tolerance, Duration minGrace, Consumer<R> discard) {
    this.tolerance = tolerance;
    this.minGraceNanos = minGrace.toNanos();
    this.discard = discard;
  }

  /// @param tolerance of this set; goes on counting while answers are used
  /// @param minGrace how long to wait at least for the others when enough have answered
  /// @return in order of instance ids
  /// @throws FoursightException when too many instances fail: the last one's reason; or what the
  ///   budget's check says
  public static <R> List<Answer<R>> ask(
      ReplicationSet set,
      Tolerance tolerance,
      Duration minGrace,
      QueryBudget budget,
      Function<InstanceDescriptor, R> question,
      Consumer<R> discard) {
    List<InstanceDescriptor> instances = set.instances();
    if (instances.size() == 1) {
      return List.of(new Answer<>(instances.getFirst(), question.apply(instances.getFirst())));
    }
    var read = new ReplicatedRead<R>(tolerance, minGrace, discard);
    instances.forEach(instance -> read.waiting.put(instance.id(), instance));
    for (InstanceDescriptor instance : instances) {
      Thread.ofVirtual()
          .name("replica-read")
          .start(TraceContext.carried(() -> read.run(instance, question)));
    }
    return read.await(budget);
  }

  private void run(InstanceDescriptor instance, Function<InstanceDescriptor, R> question) {
    R result;
    try {
      result = question.apply(instance);
    } catch (RuntimeException e) {
      failed(instance, e);
      return;
    }
    lock.lock();
    try {
      if (!closed) {
        waiting.remove(instance.id());
        answers.add(new Answer<>(instance, result));
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    discard.accept(result);
  }

  private void failed(InstanceDescriptor instance, RuntimeException e) {
    lock.lock();
    try {
      waiting.remove(instance.id());
      if (!closed) {
        tolerance.failed(instance, e);
      }
    } catch (RuntimeException tooMany) {
      failure = Tolerance.asFoursight(tooMany);
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  private List<Answer<R>> await(QueryBudget budget) {
    long began = System.nanoTime();
    lock.lock();
    try {
      long enoughSince = 0;
      while (failure == null && !waiting.isEmpty()) {
        long wait = TimeUnit.MILLISECONDS.toNanos(GLANCE_MILLIS);
        if (!answers.isEmpty() && tolerance.survives(waiting.values())) {
          long now = System.nanoTime();
          enoughSince = enoughSince == 0 ? now : enoughSince;
          long grace = Math.max(minGraceNanos, (enoughSince - began) / 2);
          long left = enoughSince + grace - now;
          if (left <= 0) {
            break;
          }
          wait = Math.min(wait, left);
        }
        long unused = changed.awaitNanos(wait);
        budget.check();
      }
      if (failure != null) {
        throw failure;
      }
      for (InstanceDescriptor late : waiting.values()) {
        tolerance.failed(late, FoursightException.unavailable(late.id() + " answers too slowly"));
      }
      closed = true;
      return answers.stream().sorted(Comparator.comparing(a -> a.instance().id())).toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while waiting for replicas");
    } finally {
      if (!closed) {
        closed = true;
        answers.forEach(answer -> discard.accept(answer.result()));
      }
      lock.unlock();
    }
  }
}
