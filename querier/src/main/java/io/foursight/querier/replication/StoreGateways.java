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
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// The store-gateways of a ring as Sources of one signal. One of them says which blocks the answer
/// needs; each block is then read by one gateway, its owner if that answers, else another. An
/// answer comes from every block of the plan or not at all. A gateway that is slow has its question
/// put to another one as well. Safe from any thread.
///
/// @param <S> the signal's Source
public final class StoreGateways<S> {
  private static final int MAX_PLANS = 3;

  /// Never ask a second one sooner.
  private static final Duration MIN_HEDGE_DELAY = Duration.ofMillis(250);

  private final RingView ring;
  private final Function<InstanceDescriptor, Blocks<S>> gateways;
  private final TenantLimits<ReplicationLimits> limits;
  private final Predicate<InstanceDescriptor> unreachable;
  private final HedgePolicy hedges;

  /// @param unreachable whether the last attempts to reach an instance failed: others are asked
  ///   first, although the ring does not know yet that it is gone
  public StoreGateways(
      RingView ring,
      Function<InstanceDescriptor, Blocks<S>> gateways,
      TenantLimits<ReplicationLimits> limits,
      Predicate<InstanceDescriptor> unreachable) {
    this(ring, gateways, limits, unreachable, new HedgePolicy(MIN_HEDGE_DELAY));
  }

  StoreGateways(
      RingView ring,
      Function<InstanceDescriptor, Blocks<S>> gateways,
      TenantLimits<ReplicationLimits> limits,
      Predicate<InstanceDescriptor> unreachable,
      HedgePolicy hedges) {
    this.ring = ring;
    this.gateways = gateways;
    this.limits = limits;
    this.unreachable = unreachable;
    this.hedges = hedges;
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
    return one(tenant, QueryBudget.unlimited(), new HashSet<>(), question);
  }

  private <T> T one(
      TenantId tenant, QueryBudget budget, Set<String> failed, Function<Blocks<S>, T> question) {
    return new GatewayRead<T>(
            (blocks, excluded) -> Map.of(first(tenant, excluded), blocks),
            (gateway, blocks) -> question.apply(gateways.apply(gateway)),
            late -> {},
            failed,
            hedges)
        .ask(List.of(), budget)
        .getFirst();
  }

  /// Tenants spread over the gateways; one tenant's list stays warm in one.
  private InstanceDescriptor first(TenantId tenant, Set<String> excluded) {
    int token = BlockShares.token(tenant.value(), "");
    return shard(tenant).healthy(Operation.OWN).stream()
        .filter(i -> !excluded.contains(i.id()))
        .min(
            Comparator.<InstanceDescriptor, Boolean>comparing(unreachable::test)
                .thenComparing(i -> Integer.hashCode(i.id().hashCode() * 31 ^ token)))
        .orElseThrow(() ->
            FoursightException.unavailable(
                excluded.isEmpty()
                    ? "no store-gateway is in the ring, or none is healthy"
                    : "no store-gateway is left to ask: failed are " + excluded));
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
          one(read.tenant, read.budget, failed, g -> g.plan(read.tenant, read.range, fresh))
              .stream()
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
    if (blocks.isEmpty()) {
      return List.of();
    }
    return new GatewayRead<R>(
            (some, excluded) -> spread(read.tenant, some, excluded),
            (gateway, some) -> read.question.apply(gateways.apply(gateway).only(some)),
            read.discard,
            failed,
            hedges)
        .ask(blocks.stream().map(Planned::id).toList(), read.budget);
  }

  /// Without those that cannot be reached, as long as anybody else is left.
  private Map<InstanceDescriptor, List<String>> spread(
      TenantId tenant, List<String> blocks, Set<String> excluded) {
    Ring shard = shard(tenant);
    var avoided = new HashSet<>(excluded);
    shard.healthy(Operation.OWN).stream().filter(unreachable).forEach(i -> avoided.add(i.id()));
    if (avoided.size() > excluded.size()) {
      try {
        return BlockShares.of(shard, tenant.value(), blocks, avoided);
      } catch (FoursightException nobody) {
        // They are all there is.
      }
    }
    return BlockShares.of(shard, tenant.value(), blocks, excluded);
  }
}
