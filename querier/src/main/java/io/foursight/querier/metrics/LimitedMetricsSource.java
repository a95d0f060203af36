package io.foursight.querier.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what one query fetches and stops it at the tenant's limits. Made for one query; its
/// selects may run on several threads. Counts every series of every select, as Mimir does.
final class LimitedMetricsSource implements MetricsSource {
  private final MetricsSource source;
  private final MetricsQuerierLimits limits;
  private final AtomicLong series = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  LimitedMetricsSource(MetricsSource source, MetricsQuerierLimits limits) {
    this.source = source;
    this.limits = limits;
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return new Counted(source.select(select), select.budget());
  }

  @Override
  public List<SeriesCursor> select(MetricsSelect select, int parts) {
    return source.select(select, parts).stream()
        .<SeriesCursor>map(cursor -> new Counted(cursor, select.budget()))
        .toList();
  }

  @Override
  public boolean mayHold(TenantId tenant, TimeRange range) {
    return source.mayHold(tenant, range);
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return new Counted(source.series(select), select.budget());
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return source.labelNames(select);
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return source.labelValues(label, select);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return source.exemplars(select);
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return source.metadata(tenant, metric);
  }

  private final class Counted implements SeriesCursor {
    private final SeriesCursor cursor;
    private final QueryBudget budget;

    Counted(SeriesCursor cursor, QueryBudget budget) {
      this.cursor = cursor;
      this.budget = budget;
    }

    @Override
    public boolean next() {
      budget.check();
      if (!cursor.next()) {
        return false;
      }
      long now = series.incrementAndGet();
      if (limits.maxFetchedSeriesPerQuery() > 0 && now > limits.maxFetchedSeriesPerQuery()) {
        throw new FoursightException(
            ErrorKind.QUERY_LIMIT,
            "the query exceeded the maximum number of series (limit: "
                + limits.maxFetchedSeriesPerQuery()
                + " series, limits.max_fetched_series_per_query) (err-mimir-max-series-per-query)");
      }
      return true;
    }

    @Override
    public Labels labels() {
      return cursor.labels();
    }

    @Override
    public void samples(SampleColumns into) {
      cursor.samples(into);
      long limit = limits.maxFetchedChunkBytesPerQuery();
      if (limit > 0 && bytes.addAndGet(into.sizeBytes()) > limit) {
        throw new FoursightException(
            ErrorKind.QUERY_LIMIT,
            "the query exceeded the aggregated chunks size limit (limit: "
                + limit
                + " bytes, limits.max_fetched_chunk_bytes_per_query)"
                + " (err-mimir-max-chunks-bytes-per-query)");
      }
    }

    @Override
    public boolean isAscending() {
      return cursor.isAscending();
    }

    @Override
    public long sizeEstimate() {
      return cursor.sizeEstimate();
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
