package io.foursight.querier.replication;

import io.foursight.config.TenantLimits;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.querier.replication.ReplicatedRead.Answer;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Operation;
import io.foursight.ring.ReplicationSet;
import io.foursight.ring.Ring;
import io.foursight.ring.RingView;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// The ingesters of a ring as Sources of one signal: all of a tenant's are asked, and as many may
/// fail as leave at least one that has each acknowledged item (RF/2, or whole zones). Safe from any
/// thread.
///
/// @param <S> the signal's Source
public final class Ingesters<S> {
  /// A tenant's shard is looked at as it was in this time: longer than an ingester keeps data.
  private static final Duration LOOKBACK = Duration.ofHours(13);

  private final RingView ring;
  private final Function<InstanceDescriptor, S> sources;
  private final TenantLimits<ReplicationLimits> limits;
  private final Clock clock;

  /// @param sources the instance itself, or a stub of it
  public Ingesters(
      RingView ring,
      Function<InstanceDescriptor, S> sources,
      TenantLimits<ReplicationLimits> limits,
      Clock clock) {
    this.ring = ring;
    this.sources = sources;
    this.limits = limits;
    this.clock = clock;
  }

  /// What one instance opened, and whether the read survives its loss.
  public record Replica<C>(InstanceDescriptor instance, C opened, Tolerance tolerance) {
    /// Goes on without this one.
    ///
    /// @throws RuntimeException the failure, when it is one too many
    public void failed(RuntimeException failure) {
      tolerance.failed(instance, failure);
    }
  }

  /// What they answered.
  ///
  /// @param copies answers that hold one item on average
  public record Answers<T>(List<T> each, double copies) {}

  /// Whom to ask about a tenant.
  public ReplicationSet replicas(TenantId tenant) {
    return shard(tenant).all(Operation.READ);
  }

  private Ring shard(TenantId tenant) {
    int size = limits.of(tenant).ingestionTenantShardSize();
    return ring.ring().shuffleShard(tenant.value(), size, clock.instant().minus(LOOKBACK));
  }

  public S source(InstanceDescriptor instance) {
    return sources.apply(instance);
  }

  /// @param discard what is done with what comes too late
  public <C> List<Replica<C>> open(
      TenantId tenant, QueryBudget budget, Function<S, C> question, Consumer<C> discard) {
    ReplicationSet set = replicas(tenant);
    var tolerance = new Tolerance(set);
    return ask(set, tolerance, ReplicatedRead.GRACE, budget, question, discard).stream()
        .map(a -> new Replica<>(a.instance(), a.result(), tolerance))
        .toList();
  }

  /// For what one copy of an item is enough.
  public <T> Answers<T> each(TenantId tenant, QueryBudget budget, Function<S, T> question) {
    return each(tenant, ReplicatedRead.GRACE, budget, question);
  }

  /// For what is summed over the copies and divided: it is exact when all answer, so the slow ones
  /// are waited for as well.
  public <T> Answers<T> all(TenantId tenant, QueryBudget budget, Function<S, T> question) {
    return each(tenant, ReplicatedRead.PATIENCE, budget, question);
  }

  private <T> Answers<T> each(
      TenantId tenant, Duration grace, QueryBudget budget, Function<S, T> question) {
    Ring shard = shard(tenant);
    ReplicationSet set = shard.all(Operation.READ);
    List<T> each =
        ask(set, new Tolerance(set), grace, budget, question, unused -> {}).stream()
            .map(Answer::result)
            .toList();
    // Those that are away hold their part of the copies as well.
    long holders = shard.instances().stream().filter(i -> !i.tokens().isEmpty()).count();
    double factor = Math.min(holders, shard.rules().replicationFactor());
    return new Answers<>(each, Math.max(1, factor * each.size() / Math.max(1, holders)));
  }

  private <T> List<Answer<T>> ask(
      ReplicationSet set,
      Tolerance tolerance,
      Duration grace,
      QueryBudget budget,
      Function<S, T> question,
      Consumer<T> discard) {
    return ReplicatedRead.ask(
        set,
        tolerance,
        grace,
        budget,
        instance -> question.apply(sources.apply(instance)),
        discard);
  }
}
