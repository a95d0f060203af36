package io.foursight.ingester.metrics;

import io.foursight.model.metrics.MetricMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What senders said lately about the metric families of a tenant. Safe from any thread.
final class MetadataStore {
  private final TreeMap<String, Map<MetricMetadata, Long>> byFamily = new TreeMap<>();

  /// Remembers entries and when they were said.
  ///
  /// @param fresh receives those that were not known
  /// @return how many a limit refused
  synchronized int add(
      List<MetricMetadata> entries, MetricsLimits limits, long now, List<MetricMetadata> fresh) {
    int refused = 0;
    for (MetricMetadata entry : entries) {
      Map<MetricMetadata, Long> known = byFamily.get(entry.metricFamily());
      if (known != null && known.replace(entry, now) != null) {
        continue;
      }
      int perUser = limits.maxGlobalMetadataPerUser();
      int perMetric = limits.maxGlobalMetadataPerMetric();
      if ((known == null && perUser > 0 && byFamily.size() >= perUser)
          || (known != null && perMetric > 0 && known.size() >= perMetric)) {
        refused++;
        continue;
      }
      byFamily
          .computeIfAbsent(entry.metricFamily(), unused -> new LinkedHashMap<>())
          .put(entry, now);
      fresh.add(entry);
    }
    return refused;
  }

  synchronized void forgetBefore(long millis) {
    byFamily.values().forEach(entries -> entries.values().removeIf(seen -> seen < millis));
    byFamily.values().removeIf(Map::isEmpty);
  }

  /// @param family empty = all
  synchronized List<MetricMetadata> of(String family) {
    var out = new ArrayList<MetricMetadata>();
    if (family.isEmpty()) {
      byFamily.values().forEach(entries -> out.addAll(entries.keySet()));
    } else {
      out.addAll(byFamily.getOrDefault(family, Map.of()).keySet());
    }
    return out;
  }

  synchronized boolean isEmpty() {
    return byFamily.isEmpty();
  }
}
