package io.foursight.querier.replication;

import io.foursight.config.TenantLimits;
import io.foursight.model.Blocks;
import io.foursight.model.Blocks.Planned;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Operation;
import io.foursight.ring.Ring;
import io.foursight.ring.RingView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// The store-gateways of a ring as Sources of one signal. One of them says which blocks the answer
/// needs; each block is then read by one gateway, its owner if that answers, else another. An
/// answer comes from every block of the plan or not at all. Safe from any thread.
///
/// @param <S> the signal's Source
public final class StoreGateways<S> {
  private static final int MAX_PLANS = 3;

  private final RingView ring;
  private final Function<InstanceDescriptor, Blocks<S>> gateways;
  private final TenantLimits<ReplicationLimits> limits;

  public StoreGateways(
      RingView ring,
      Function<InstanceDescriptor, Blocks<S>> gateways,
      TenantLimits<ReplicationLimits> limits) {
    this.ring = ring;
    this.gateways = gateways;
    this.limits = limits;
  }

  /// What is asked of the blocks.
  ///
  /// @param wanted leaves blocks of the plan out
  /// @param question to each gateway, about its share of the blocks
  /// @param discard what is done with answers of a read that failed
  public record Read<S, R>(
      TenantId tenant,
      TimeRange range,
      QueryBudget budget,
      Predicate<Planned> wanted,
      Function<S, R> question,
      Consumer<R> discard) {}

  /// @param blocks those that were read
  /// @param parts an answer a gateway
  public record Answer<R>(List<Planned> blocks, List<R> parts) {}

  private Ring shard(TenantId tenant) {
    return ring.ring()
        .shuffleShard(tenant.value(), limits.of(tenant).storeGatewayTenantShardSize());
  }

  public <R> Answer<R> read(Read<S, R> read) {
    return planned(read, (blocks, failed) -> new Answer<>(blocks, read(read, blocks, failed)));
  }

  /// Blocks as ingesters cut them apart from the others, both of one plan.
  ///
  /// @param cut answers about blocks that each replica has its own of
  /// @param merged answers about the others
  public record Halves<R>(List<R> cut, List<R> merged) {}

  public <R> Halves<R> readHalves(Read<S, R> read) {
    return planned(
        read,
        (blocks, failed) -> {
          List<R> cut = read(read, blocks.stream().filter(b -> b.level() == 1).toList(), failed);
          try {
            return new Halves<>(
                cut, read(read, blocks.stream().filter(b -> b.level() != 1).toList(), failed));
          } catch (RuntimeException e) {
            cut.forEach(read.discard);
            throw e;
          }
        });
  }

  /// From one gateway, which can read all blocks.
  public <T> T one(TenantId tenant, Function<Blocks<S>, T> question) {
    return one(tenant, new HashSet<>(), question);
  }

  /// Asks gateways one after the other until one answers.
  private <T> T one(TenantId tenant, Set<String> failed, Function<Blocks<S>, T> question) {
    List<InstanceDescriptor> healthy =
        new ArrayList<>(shard(tenant).healthy(Operation.OWN).stream().toList());
    // Tenants spread over the gateways; one tenant's list stays warm in one.
    int first = BlockShares.token(tenant.value(), "");
    healthy.sort(Comparator.comparingInt(i -> Integer.hashCode(i.id().hashCode() * 31 ^ first)));
    FoursightException last =
        FoursightException.unavailable("no store-gateway is in the ring, or none is healthy");
    for (InstanceDescriptor gateway : healthy) {
      if (failed.contains(gateway.id())) {
        continue;
      }
      try {
        return question.apply(gateways.apply(gateway));
      } catch (FoursightException e) {
        if (!Tolerance.isInstances(e)) {
          throw e;
        }
        failed.add(gateway.id());
        last = e;
      }
    }
    throw last;
  }

  private interface Attempt<A> {
    /// @param failed ids of gateways not to ask, grows
    A over(List<Planned> blocks, Set<String> failed);
  }

  /// Plans again when a block of the plan is gone.
  private <A> A planned(Read<S, ?> read, Attempt<A> attempt) {
    var failed = new HashSet<String>();
    for (int plan = 1; ; plan++) {
      boolean fresh = plan > 1;
      List<Planned> blocks =
          one(read.tenant, failed, g -> g.plan(read.tenant, read.range, fresh)).stream()
              .filter(read.wanted)
              .toList();
      try {
        return attempt.over(blocks, failed);
      } catch (FoursightException e) {
        read.budget.check();
        if (e.kind() != ErrorKind.NOT_FOUND) {
          throw e;
        }
        if (plan == MAX_PLANS) {
          throw new FoursightException(
              ErrorKind.UNAVAILABLE, e.getMessage() + " (planned " + plan + " times)", e);
        }
      }
    }
  }

  private <R> List<R> read(Read<S, R> read, List<Planned> blocks, Set<String> failed) {
    var results = new ArrayList<R>();
    List<String> left = blocks.stream().map(Planned::id).toList();
    try {
      while (!left.isEmpty()) {
        left =
            ask(
                BlockShares.of(shard(read.tenant), read.tenant.value(), left, failed),
                failed,
                read,
                results);
      }
      return results;
    } catch (RuntimeException e) {
      results.forEach(read.discard);
      throw e;
    }
  }

  /// @return blocks that nobody answered for
  private <R> List<String> ask(
      Map<InstanceDescriptor, List<String>> shares,
      Set<String> failed,
      Read<S, R> read,
      List<R> results) {
    var left = new ArrayList<String>();
    FoursightException fatal = null;
    record Asked<T>(InstanceDescriptor gateway, List<String> blocks, Future<T> answer) {}
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Asked<R>>();
      shares.forEach((gateway, blocks) -> {
        Callable<R> task = () -> read.question.apply(gateways.apply(gateway).only(blocks));
        asked.add(new Asked<>(gateway, blocks, threads.submit(task)));
      });
      for (Asked<R> one : asked) {
        try {
          results.add(one.answer.get());
        } catch (ExecutionException e) {
          RuntimeException failure =
              e.getCause() instanceof RuntimeException known
                  ? known
                  : new IllegalStateException(e.getCause());
          boolean gone = failure instanceof FoursightException f && f.kind() == ErrorKind.NOT_FOUND;
          if (gone || !Tolerance.isInstances(failure)) {
            fatal = (FoursightException) failure;
          } else {
            failed.add(one.gateway.id());
            left.addAll(one.blocks);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FoursightException.unavailable("interrupted while waiting for store-gateways");
    }
    if (fatal != null) {
      throw fatal;
    }
    read.budget.check();
    return left;
  }
}
