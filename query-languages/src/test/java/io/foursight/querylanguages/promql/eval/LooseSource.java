package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SelectHints;
import io.foursight.model.metrics.SelectHints.Delivery;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Another Source, answering as loosely as the select allows: the last series first, in several
/// parts, without the labels that a grouping does not keep.
record LooseSource(MetricsSource source) implements MetricsSource {
  private record Series(Labels labels, SampleColumns samples) {}

  private static final class Listed implements SeriesCursor {
    private final List<Series> series;
    private int at = -1;

    Listed(List<Series> series) {
      this.series = series;
    }

    @Override
    public boolean next() {
      return ++at < series.size();
    }

    @Override
    public Labels labels() {
      return series.get(at).labels;
    }

    @Override
    public void samples(SampleColumns into) {
      into.clear();
      into.append(series.get(at).samples, 0, series.get(at).samples.size());
    }

    @Override
    public boolean isAscending() {
      return false;
    }

    @Override
    public void close() {}
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return source.select(select);
  }

  @Override
  public List<SeriesCursor> select(MetricsSelect select, int parts) {
    SelectHints hints = select.hints();
    if (hints.delivery() == Delivery.ASCENDING) {
      return List.of(source.select(select));
    }
    var all = new ArrayList<Series>();
    try (SeriesCursor cursor = source.select(select)) {
      while (cursor.next()) {
        var samples = new SampleColumns();
        cursor.samples(samples);
        all.add(new Series(reduced(cursor.labels(), hints), samples));
      }
    }
    List<Series> reversed = all.reversed();
    var cursors = new ArrayList<SeriesCursor>();
    int n = Math.min(parts, 3);
    for (int p = 0; p < n; p++) {
      int from = p * all.size() / n;
      int to = (p + 1) * all.size() / n;
      cursors.add(new Listed(reversed.subList(from, to)));
    }
    return cursors;
  }

  private static Labels reduced(Labels labels, SelectHints hints) {
    if (hints.delivery() != Delivery.GROUPED) {
      return labels;
    }
    var names = new HashSet<>(hints.grouping());
    if (hints.by()) {
      names.add(Labels.METRIC_NAME);
      return labels.keep(names);
    }
    names.remove(Labels.METRIC_NAME);
    return labels.drop(names);
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
