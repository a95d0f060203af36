package io.foursight.querier.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBlocks;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querier.replication.BlockShares;
import io.foursight.querier.replication.Tolerance;
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

/// Historic data from the store-gateways of a ring. One of them says which blocks the answer needs;
/// each block is then read by one gateway, its owner if that answers, else another. An answer comes
/// from every block of the plan or not at all. Safe from any thread.
public final class ShardedMetricsBlocks implements MetricsSource {
  private static final int MAX_PLANS = 3;

  private final RingView ring;
  private final Function<InstanceDescriptor, MetricsBlocks> gateways;
  private final TenantLimits<MetricsReplicationLimits> limits;

  public ShardedMetricsBlocks(
      RingView ring,
      Function<InstanceDescriptor, MetricsBlocks> gateways,
      TenantLimits<MetricsReplicationLimits> limits) {
    this.ring = ring;
    this.gateways = gateways;
    this.limits = limits;
  }

  private Ring shard(TenantId tenant) {
    return ring.ring()
        .shuffleShard(tenant.value(), limits.of(tenant).storeGatewayTenantShardSize());
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    MetricsSelect ascending = select.with(Delivery.ASCENDING);
    return MergingSeriesCursor.of(
        read(ascending, source -> source.select(ascending), SeriesCursor::close));
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return MergingSeriesCursor.of(
        read(select, source -> source.series(select), SeriesCursor::close));
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return union(read(select, source -> source.labelNames(select), unused -> {}));
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return union(read(select, source -> source.labelValues(label, select), unused -> {}));
  }

  private static List<String> union(List<List<String>> parts) {
    return parts.isEmpty() ? List.of() : SortedUnion.texts(parts);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return SortedUnion.exemplars(read(select, source -> source.exemplars(select), unused -> {}));
  }

  /// From one gateway, which reads all blocks.
  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return one(tenant, new HashSet<>(), blocks -> blocks.only(List.of()).metadata(tenant, metric));
  }

  /// Asks gateways one after the other until one answers.
  private <T> T one(TenantId tenant, Set<String> failed, Function<MetricsBlocks, T> question) {
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

  private <R> List<R> read(
      MetricsSelect select, Function<MetricsSource, R> question, Consumer<R> discard) {
    var failed = new HashSet<String>();
    for (int plan = 1; ; plan++) {
      boolean fresh = plan > 1;
      TimeRange range = select.range();
      List<String> blocks =
          one(select.tenant(), failed, g -> g.plan(select.tenant(), range, fresh));
      try {
        return read(select, blocks, failed, question, discard);
      } catch (FoursightException e) {
        select.budget().check();
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

  private <R> List<R> read(
      MetricsSelect select,
      List<String> plan,
      Set<String> failed,
      Function<MetricsSource, R> question,
      Consumer<R> discard) {
    var results = new ArrayList<R>();
    List<String> left = plan;
    try {
      while (!left.isEmpty()) {
        Map<InstanceDescriptor, List<String>> shares =
            BlockShares.of(shard(select.tenant()), select.tenant().value(), left, failed);
        left = ask(shares, failed, question, results, select.budget());
      }
      return results;
    } catch (RuntimeException e) {
      results.forEach(discard);
      throw e;
    }
  }

  /// @return blocks that nobody answered for
  private <R> List<String> ask(
      Map<InstanceDescriptor, List<String>> shares,
      Set<String> failed,
      Function<MetricsSource, R> question,
      List<R> results,
      QueryBudget budget) {
    var left = new ArrayList<String>();
    FoursightException fatal = null;
    record Asked<T>(InstanceDescriptor gateway, List<String> blocks, Future<T> answer) {}
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Asked<R>>();
      shares.forEach((gateway, blocks) -> {
        Callable<R> task = () -> question.apply(gateways.apply(gateway).only(blocks));
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
    budget.check();
    return left;
  }
}
