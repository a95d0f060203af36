package io.foursight.querier.metrics;

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
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.Ingesters.Replica;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Recent data from the ingesters of a ring; what several have is taken once. Safe from any thread.
public final class ReplicatedMetricsSource implements MetricsSource {
  private final Ingesters<MetricsSource> ingesters;

  public ReplicatedMetricsSource(Ingesters<MetricsSource> ingesters) {
    this.ingesters = ingesters;
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
    return MergingSeriesCursor.of(
        ingesters.open(select.tenant(), select.budget(), open, SeriesCursor::close).stream()
            .<SeriesCursor>map(Tolerated::new)
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
    return ingesters.each(tenant, budget, question).each();
  }

  /// One replica's series; ends early when the replica fails and the others suffice.
  private static final class Tolerated implements SeriesCursor {
    private final Replica<SeriesCursor> replica;
    private final SeriesCursor cursor;
    private boolean ended;

    Tolerated(Replica<SeriesCursor> replica) {
      this.replica = replica;
      this.cursor = replica.opened();
    }

    @Override
    public boolean next() {
      if (ended) {
        return false;
      }
      try {
        ended = !cursor.next();
      } catch (RuntimeException e) {
        replica.failed(e);
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
        replica.failed(e);
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
