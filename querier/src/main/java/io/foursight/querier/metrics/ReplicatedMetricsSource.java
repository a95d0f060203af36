package io.foursight.querier.metrics;

import io.foursight.config.TenantLimits;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querier.replication.ReplicatedRead;
import io.foursight.querier.replication.ReplicatedRead.Answer;
import io.foursight.querier.replication.Tolerance;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Operation;
import io.foursight.ring.ReplicationSet;
import io.foursight.ring.RingView;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Recent data from the ingesters of a ring: all are asked, and as many may fail as leave at least
/// one that has each acknowledged sample (RF/2, or whole zones). What several have is taken once.
/// Safe from any thread.
public final class ReplicatedMetricsSource implements MetricsSource {
  /// A tenant's shard is looked at as it was in this time: longer than an ingester keeps data.
  private static final Duration LOOKBACK = Duration.ofHours(13);

  private final RingView ring;
  private final Function<InstanceDescriptor, MetricsSource> ingesters;
  private final TenantLimits<MetricsReplicationLimits> limits;
  private final Clock clock;

  public ReplicatedMetricsSource(
      RingView ring,
      Function<InstanceDescriptor, MetricsSource> ingesters,
      TenantLimits<MetricsReplicationLimits> limits,
      Clock clock) {
    this.ring = ring;
    this.ingesters = ingesters;
    this.limits = limits;
    this.clock = clock;
  }

  private ReplicationSet replicas(TenantId tenant) {
    int size = limits.of(tenant).ingestionTenantShardSize();
    return ring.ring()
        .shuffleShard(tenant.value(), size, clock.instant().minus(LOOKBACK))
        .all(Operation.READ);
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    MetricsSelect ascending = select.with(Delivery.ASCENDING);
    return merged(ascending, source -> source.select(ascending));
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return merged(select, source -> source.series(select));
  }

  private SeriesCursor merged(MetricsSelect select, Function<MetricsSource, SeriesCursor> open) {
    ReplicationSet set = replicas(select.tenant());
    var tolerance = new Tolerance(set);
    List<Answer<SeriesCursor>> cursors =
        ReplicatedRead.ask(
            set,
            tolerance,
            select.budget(),
            instance -> open.apply(ingesters.apply(instance)),
            SeriesCursor::close);
    return MergingSeriesCursor.of(
        cursors.stream()
            .<SeriesCursor>map(a -> new Tolerated(a.instance(), a.result(), tolerance))
            .toList());
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return SortedUnion.texts(
        each(select.tenant(), select.budget(), source -> source.labelNames(select)));
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return SortedUnion.texts(
        each(select.tenant(), select.budget(), source -> source.labelValues(label, select)));
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return SortedUnion.exemplars(
        each(select.tenant(), select.budget(), source -> source.exemplars(select)));
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    Set<MetricMetadata> all = new LinkedHashSet<>();
    each(tenant, QueryBudget.unlimited(), source -> source.metadata(tenant, metric))
        .forEach(all::addAll);
    return List.copyOf(all);
  }

  private <T> List<T> each(
      TenantId tenant, QueryBudget budget, Function<MetricsSource, T> question) {
    ReplicationSet set = replicas(tenant);
    List<Answer<T>> answers =
        ReplicatedRead.ask(
            set,
            new Tolerance(set),
            budget,
            instance -> question.apply(ingesters.apply(instance)),
            unused -> {});
    var results = new ArrayList<T>();
    answers.forEach(answer -> results.add(answer.result()));
    return results;
  }

  /// One replica's series; ends early when the replica fails and the others suffice.
  private static final class Tolerated implements SeriesCursor {
    private final InstanceDescriptor instance;
    private final SeriesCursor cursor;
    private final Tolerance tolerance;
    private boolean ended;

    Tolerated(InstanceDescriptor instance, SeriesCursor cursor, Tolerance tolerance) {
      this.instance = instance;
      this.cursor = cursor;
      this.tolerance = tolerance;
    }

    @Override
    public boolean next() {
      if (ended) {
        return false;
      }
      try {
        ended = !cursor.next();
      } catch (RuntimeException e) {
        tolerance.failed(instance, e);
        ended = true;
      }
      return !ended;
    }

    @Override
    public Labels labels() {
      return cursor.labels();
    }

    @Override
    public void samples(SampleColumns into) {
      try {
        cursor.samples(into);
      } catch (RuntimeException e) {
        tolerance.failed(instance, e);
        ended = true;
        into.clear();
      }
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
