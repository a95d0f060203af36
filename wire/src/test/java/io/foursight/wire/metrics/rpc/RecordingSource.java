package io.foursight.wire.metrics.rpc;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import java.util.ArrayList;
import java.util.List;

/// Makes up series by number and remembers what it was asked.
final class RecordingSource implements MetricsSource {
  private final int count;
  private volatile MetricsSelect last;

  RecordingSource(int count) {
    this.count = count;
  }

  MetricsSelect last() {
    return last;
  }

  static List<String> read(SeriesCursor cursor, boolean withSamples) {
    var all = new ArrayList<String>();
    var samples = new SampleColumns();
    try (cursor) {
      while (cursor.next()) {
        var out = new StringBuilder(cursor.labels().toString());
        if (withSamples) {
          cursor.samples(samples);
          for (int i = 0; i < samples.size(); i++) {
            out.append(' ').append(samples.timestamp(i)).append('=').append(samples.value(i));
          }
        }
        all.add(out.toString());
      }
    }
    return all;
  }

  private SeriesCursor cursor(MetricsSelect select) {
    last = select;
    return new SeriesCursor() {
      private int at = -1;

      @Override
      public boolean next() {
        return ++at < count;
      }

      @Override
      public Labels labels() {
        return Labels.of("__name__", "m", "i", String.format("%08d", at));
      }

      @Override
      public void samples(SampleColumns into) {
        into.clear();
        for (int i = 0; i < at % 50; i++) {
          into.add(1000L * i, at * 0.5 + i);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    return cursor(select);
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return cursor(select);
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    return List.of("__name__", "i", "é");
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    var values = new ArrayList<String>();
    for (int i = 0; i < 100_000; i++) {
      values.add(label + i);
    }
    return values;
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return List.of(
        new ExemplarSeries(
            Labels.of("a", "b"),
            List.of(
                new Exemplar(Labels.of("trace_id", "1"), -0.5, 7),
                new Exemplar(Labels.EMPTY, 0, -1))));
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return List.of(new MetricMetadata(metric, MetricMetadata.Type.GAUGE, "h", ""));
  }
}
