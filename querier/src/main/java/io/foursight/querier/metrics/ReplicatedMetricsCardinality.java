package io.foursight.querier.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsLateWrites;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querier.replication.ReplicatedRead;
import io.foursight.querier.replication.ReplicatedRead.Answer;
import io.foursight.querier.replication.Tolerance;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Operation;
import io.foursight.ring.ReplicationSet;
import io.foursight.ring.RingView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// What the heads of all ingesters of a ring tell, each series once. Numbers of a tenant are sums
/// divided by the replication factor, as Mimir does. Safe from any thread.
public final class ReplicatedMetricsCardinality implements MetricsCardinality, MetricsLateWrites {
  private final RingView ring;
  private final Function<InstanceDescriptor, MetricsCardinality> heads;
  private final Function<InstanceDescriptor, MetricsLateWrites> lateWrites;
  private final AtomicLong never = new AtomicLong(System.nanoTime());

  public ReplicatedMetricsCardinality(
      RingView ring,
      Function<InstanceDescriptor, MetricsCardinality> heads,
      Function<InstanceDescriptor, MetricsLateWrites> lateWrites) {
    this.ring = ring;
    this.heads = heads;
    this.lateWrites = lateWrites;
  }

  private <R> List<Answer<R>> ask(
      QueryBudget budget,
      Function<MetricsCardinality, R> question,
      java.util.function.Consumer<R> discard) {
    ReplicationSet set = ring.ring().all(Operation.READ);
    return ReplicatedRead.ask(
        set,
        new Tolerance(set),
        ReplicatedRead.PATIENCE,
        budget,
        instance -> question.apply(heads.apply(instance)),
        discard);
  }

  @Override
  public SeriesCursor series(
      TenantId tenant, List<LabelMatcher> matchers, Scope scope, QueryBudget budget) {
    return MergingSeriesCursor.of(
        ask(budget, head -> head.series(tenant, matchers, scope, budget), SeriesCursor::close)
            .stream()
            .map(Answer::result)
            .toList());
  }

  @Override
  public List<HistogramSeries> activeNativeHistograms(
      TenantId tenant, List<LabelMatcher> matchers, QueryBudget budget) {
    Map<Labels, Integer> buckets = new TreeMap<>();
    for (Answer<List<HistogramSeries>> answer :
        ask(budget, head -> head.activeNativeHistograms(tenant, matchers, budget), unused -> {})) {
      for (HistogramSeries series : answer.result()) {
        buckets.merge(series.labels(), series.buckets(), Math::max);
      }
    }
    var all = new ArrayList<HistogramSeries>();
    buckets.forEach((labels, count) -> all.add(new HistogramSeries(labels, count)));
    return all;
  }

  @Override
  public TenantStats stats(TenantId tenant) {
    List<Answer<TenantStats>> answers =
        ask(QueryBudget.unlimited(), head -> head.stats(tenant), unused -> {});
    int copies = Math.min(ring.ring().rules().replicationFactor(), answers.size());
    long series = 0;
    long chunks = 0;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    double rate = 0;
    double ruleRate = 0;
    for (Answer<TenantStats> answer : answers) {
      TenantStats one = answer.result();
      series += one.series();
      chunks += one.chunks();
      min = Math.min(min, one.minTimeMillis());
      max = Math.max(max, one.maxTimeMillis());
      rate += one.ingestionRate();
      ruleRate += one.ruleIngestionRate();
    }
    return new TenantStats(
        Math.ceilDiv(series, copies),
        Math.ceilDiv(chunks, copies),
        min,
        max,
        rate / copies,
        ruleRate / copies);
  }

  /// All ingesters' versions mixed with who they are, so that one that comes, goes or restarts
  /// changes the number; a number of its own each time when one does not answer.
  @Override
  public long version(TenantId tenant, TimeRange range) {
    long mixed = 0;
    try {
      for (InstanceDescriptor instance : ring.ring().instances()) {
        long version = lateWrites.apply(instance).version(tenant, range);
        long one = instance.id().hashCode() * 0x9e3779b97f4a7c15L ^ instance.incarnation();
        mixed = (mixed ^ one) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33 ^ version) * 0xc4ceb9fe1a85ec53L;
      }
      return mixed;
    } catch (FoursightException e) {
      return never.incrementAndGet();
    }
  }

  @Override
  public boolean exact() {
    return true;
  }
}
