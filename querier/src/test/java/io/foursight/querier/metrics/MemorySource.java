package io.foursight.querier.metrics;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// A plain Source over maps: the naive model that the real ones are compared with.
final class MemorySource implements MetricsSource {
  private final Map<TenantId, TreeMap<Labels, TreeMap<Long, Double>>> tenants = new HashMap<>();
  final List<MetricMetadata> metadata = new ArrayList<>();
  int openCursors;

  MemorySource add(TenantId tenant, Labels labels, long millis, double value) {
    tenants
        .computeIfAbsent(tenant, t -> new TreeMap<>())
        .computeIfAbsent(labels, l -> new TreeMap<>())
        .put(millis, value);
    return this;
  }

  boolean isEmpty() {
    return tenants.isEmpty();
  }

  private TreeMap<Labels, TreeMap<Long, Double>> matching(MetricsSelect select) {
    var found = new TreeMap<Labels, TreeMap<Long, Double>>();
    tenants
        .getOrDefault(select.tenant(), new TreeMap<>())
        .forEach((labels, samples) -> {
          TimeRange range = select.range();
          boolean inside =
              !range.isEmpty()
                  && !samples.subMap(range.startMillis(), true, range.endMillis(), true).isEmpty();
          if (inside && matches(labels, select.matchers())) {
            found.put(
                labels,
                new TreeMap<>(samples.subMap(range.startMillis(), true, range.endMillis(), true)));
          }
        });
    return found;
  }

  static boolean matches(Labels labels, List<LabelMatcher> matchers) {
    return matchers.stream().allMatch(m -> m.matches(labels.get(m.name())));
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    openCursors++;
    Iterator<Map.Entry<Labels, TreeMap<Long, Double>>> rest =
        matching(select).entrySet().iterator();
    return new SeriesCursor() {
      private Map.Entry<Labels, TreeMap<Long, Double>> current;
      private boolean closed;

      @Override
      public boolean next() {
        current = rest.hasNext() ? rest.next() : null;
        return current != null;
      }

      @Override
      public Labels labels() {
        return current.getKey();
      }

      @Override
      public void samples(SampleColumns into) {
        into.clear();
        current.getValue().forEach(into::add);
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          openCursors--;
        }
      }
    };
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return select(select);
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    var names = new TreeSet<String>(Labels::compareText);
    matching(select).keySet().forEach(labels -> names.addAll(labels.names()));
    return List.copyOf(names);
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    var values = new TreeSet<String>(Labels::compareText);
    for (Labels labels : matching(select).keySet()) {
      if (labels.has(label)) {
        values.add(labels.get(label));
      }
    }
    return List.copyOf(values);
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return List.of();
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return metadata.stream()
        .filter(m -> metric.isEmpty() || m.metricFamily().equals(metric))
        .toList();
  }
}
