package io.foursight.querier.replication;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TraceContext;
import io.foursight.ring.InstanceDescriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// One question to several gateways, each about its share of the blocks. A share whose gateway
/// fails is spread over the others; one whose gateway is slow is asked of another as well, and the
/// first answer counts. What comes too late is given to `discard`.
///
/// One thread asks; answers come from virtual threads.
///
/// @param <R> what a gateway answers
final class GatewayRead<R> {
  private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /// Who is to be asked about which blocks.
  @FunctionalInterface
  interface Spread {
    /// @param excluded ids not to choose
    /// @throws FoursightException `UNAVAILABLE` when nobody is left
    Map<InstanceDescriptor, List<String>> over(List<String> blocks, Set<String> excluded);
  }

  /// Blocks that one answer is about.
  private static final class Share {
    final List<String> blocks;
    final long began = System.nanoTime();
    final List<String> asked = new ArrayList<>();
    int underway;
    boolean mayHedge = true;
    boolean done;

    Share(List<String> blocks) {
      this.blocks = blocks;
    }
  }

  private final Spread spread;
  private final BiFunction<InstanceDescriptor, List<String>, R> question;
  private final Consumer<? super R> discard;
  private final Set<String> failed;
  private final HedgePolicy hedges;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Share> shares = new ArrayList<>();
  private final List<R> results = new ArrayList<>();
  private RuntimeException failure;
  private boolean closed;

  /// @param failed ids of gateways not to ask, grows
  GatewayRead(
      Spread spread,
      BiFunction<InstanceDescriptor, List<String>, R> question,
      Consumer<? super R> discard,
      Set<String> failed,
      HedgePolicy hedges) {
    this.spread = spread;
    this.question = question;
    this.discard = discard;
    this.failed = failed;
    this.hedges = hedges;
  }

  /// @return an answer a share, together about all blocks
  /// @throws FoursightException `UNAVAILABLE` when nobody is left to ask; a failure that is none of
  ///   a gateway's; what the budget's check says
  List<R> ask(List<String> blocks, QueryBudget budget) {
    lock.lock();
    try {
      askAll(blocks);
      while (failure == null && !allDone()) {
        long unused = changed.awaitNanos(hedgeTheSlow());
        budget.check();
      }
      if (failure != null) {
        throw failure;
      }
      closed = true;
      return List.copyOf(results);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while waiting for store-gateways");
    } finally {
      if (!closed) {
        closed = true;
        results.forEach(discard);
      }
      lock.unlock();
    }
  }

  private boolean allDone() {
    return shares.stream().allMatch(share -> share.done);
  }

  private void askAll(List<String> blocks) {
    spread
        .over(blocks, failed)
        .forEach((gateway, some) -> {
          var share = new Share(some);
          shares.add(share);
          ask(share, gateway);
        });
  }

  private void ask(Share share, InstanceDescriptor gateway) {
    share.underway++;
    share.asked.add(gateway.id());
    Thread.ofVirtual().name("gateway-read").start(TraceContext.carried(() -> run(share, gateway)));
  }

  private void run(Share share, InstanceDescriptor gateway) {
    R result;
    try {
      result = question.apply(gateway, share.blocks);
    } catch (RuntimeException e) {
      failed(share, gateway, e);
      return;
    } catch (Error e) {
      failed(share, gateway, new FoursightException(ErrorKind.INTERNAL, e.toString(), e));
      return;
    }
    lock.lock();
    try {
      share.underway--;
      if (!closed && !share.done) {
        share.done = true;
        results.add(result);
        hedges.observe(System.nanoTime() - share.began);
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    discard.accept(result);
  }

  private void failed(Share share, InstanceDescriptor gateway, RuntimeException e) {
    lock.lock();
    try {
      share.underway--;
      if (closed || share.done) {
        return;
      }
      boolean gone = e instanceof FoursightException f && f.kind() == ErrorKind.NOT_FOUND;
      if (gone || !Tolerance.isInstances(e)) {
        throw e;
      }
      failed.add(gateway.id());
      if (share.underway == 0) {
        shares.remove(share);
        askAll(share.blocks);
      }
    } catch (RuntimeException fatal) {
      failure = fatal;
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  /// @return nanoseconds until there may be something to do
  private long hedgeTheSlow() {
    long wait = GLANCE_NANOS;
    long now = System.nanoTime();
    for (Share share : List.copyOf(shares)) {
      if (share.done || !share.mayHedge) {
        continue;
      }
      long left = share.began + hedges.delayNanos() - now;
      if (left > 0) {
        wait = Math.min(wait, left);
        continue;
      }
      share.mayHedge = false;
      if (hedges.take()) {
        hedge(share);
      }
    }
    return wait;
  }

  private void hedge(Share share) {
    var excluded = new HashSet<>(failed);
    excluded.addAll(share.asked);
    try {
      Map<InstanceDescriptor, List<String>> others =
          spread.over(share.blocks.isEmpty() ? List.of() : share.blocks.subList(0, 1), excluded);
      // Every gateway can read every block, so one is enough.
      others.keySet().stream().findFirst().ifPresent(other -> ask(share, other));
    } catch (FoursightException nobody) {
      // Then the slow one it is.
    }
  }
}
