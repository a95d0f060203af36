package io.foursight.model.metrics;

import io.foursight.model.Labels;
import java.util.List;

/// The answer of a PromQL evaluation and what was noticed on the way.
public record MetricsQueryResult(Value value, Annotations annotations) {

  /// An instant query answers any of the four; a range query a [Matrix].
  public sealed interface Value {}

  public record Scalar(long timestampMillis, double value) implements Value {}

  public record Text(long timestampMillis, String value) implements Value {}

  /// In the order that the query defines (`sort`, `topk`), else unspecified.
  public record Vector(List<InstantSample> samples) implements Value {}

  /// Ascending by labels for range queries.
  public record Matrix(List<RangeSeries> series) implements Value {}

  /// @param samples exactly one row
  public record InstantSample(Labels labels, SampleColumns samples) {}

  public record RangeSeries(Labels labels, SampleColumns samples) {}
}
