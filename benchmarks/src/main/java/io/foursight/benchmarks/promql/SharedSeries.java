package io.foursight.benchmarks.promql;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import java.util.List;
import java.util.Random;

/// Counters of `targets` targets, `perTarget` each, that share the timestamps of their target, as
/// blocks hand them out. Every select returns all of them.
final class SharedSeries implements MetricsSource {
  private final Labels[] labels;
  private final long[][] timestamps;
  private final double[][] values;
  private final int perTarget;

  SharedSeries(int targets, int perTarget, int samples, long intervalMillis, long seed) {
    this.perTarget = perTarget;
    this.labels = new Labels[targets * perTarget];
    this.values = new double[labels.length][samples];
    this.timestamps = new long[targets][samples];
    var random = new Random(seed);
    for (int target = 0; target < targets; target++) {
      long offset = random.nextLong(intervalMillis);
      for (int i = 0; i < samples; i++) {
        timestamps[target][i] = offset + i * intervalMillis;
      }
      for (int n = 0; n < perTarget; n++) {
        int series = target * perTarget + n;
        labels[series] =
            Labels.of(
                Labels.METRIC_NAME,
                "requests_total",
                "instance",
                String.format("instance-%05d", target),
                "path",
                String.format("/path/%05d", n));
        double value = 0;
        for (int i = 0; i < samples; i++) {
          value = random.nextInt(5000) == 0 ? 0 : value + random.nextInt(100);
          values[series][i] = value;
        }
      }
    }
  }

  long sampleCount() {
    return (long) values.length * values[0].length;
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return new SeriesCursor() {
      private int series = -1;

      @Override
      public boolean next() {
        return ++series < labels.length;
      }

      @Override
      public Labels labels() {
        return labels[series];
      }

      @Override
      public void samples(SampleColumns into) {
        double[] from = values[series];
        into.shareTimestamps(timestamps[series / perTarget], from.length);
        System.arraycopy(from, 0, into.values(), 0, from.length);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return select(select);
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return List.of(Labels.METRIC_NAME, "instance", "path");
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    return List.of();
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return List.of();
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return List.of();
  }
}
