package io.foursight.querier.metrics;

import io.foursight.model.TenantId;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SeriesCursor;
import java.util.List;

/// Passes everything on; tests override what they disturb.
class ForwardingSource implements MetricsSource {
  private final MetricsSource source;

  ForwardingSource(MetricsSource source) {
    this.source = source;
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return source.select(select);
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return source.series(select);
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
}
