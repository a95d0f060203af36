package io.foursight.model.metrics;

import java.util.Objects;

/// What a sender says about a metric family. `type` is the lower-case OpenMetrics name.
public record MetricMetadata(String metricFamily, Type type, String help, String unit) {
  /// Ordinals are the wire values of remote write 1.0 and 2.0.
  public enum Type {
    UNKNOWN,
    COUNTER,
    GAUGE,
    HISTOGRAM,
    GAUGEHISTOGRAM,
    SUMMARY,
    INFO,
    STATESET
  }

  public MetricMetadata {
    Objects.requireNonNull(metricFamily);
    Objects.requireNonNull(type);
    Objects.requireNonNull(help);
    Objects.requireNonNull(unit);
  }
}
