package io.foursight.querylanguages.promql.eval;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.model.metrics.NativeHistogram.ResetHint;
import io.foursight.model.metrics.SampleColumns;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querylanguages.promql.histogram.HistogramMath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Series in memory, the plainest Source there is. Histograms come with the hints that a Prometheus
/// head would give: `not_reset` behind a histogram that they continue, else unknown.
final class ScriptStore implements MetricsSource {
  record Sample(double value, NativeHistogram histogram, long start) {}

  private final NavigableMap<Labels, NavigableMap<Long, Sample>> series = new TreeMap<>();

  void clear() {
    series.clear();
  }

  void add(Labels labels, long time, Sample sample) {
    series.computeIfAbsent(labels, _ -> new TreeMap<>()).put(time, sample);
  }

  @Override
  public SeriesCursor select(MetricsSelect select) {
    Iterator<Map.Entry<Labels, NavigableMap<Long, Sample>>> matching =
        series.entrySet().stream()
            .filter(
                e -> select.matchers().stream().allMatch(m -> m.matches(e.getKey().get(m.name()))))
            .filter(e ->
                !e.getValue()
                    .subMap(select.range().startMillis(), true, select.range().endMillis(), true)
                    .isEmpty())
            .iterator();
    return new SeriesCursor() {
      private Map.Entry<Labels, NavigableMap<Long, Sample>> current;

      @Override
      public boolean next() {
        if (!matching.hasNext()) {
          return false;
        }
        current = matching.next();
        return true;
      }

      @Override
      public Labels labels() {
        return current.getKey();
      }

      @Override
      public void samples(SampleColumns into) {
        into.clear();
        Sample previous = null;
        for (var e : current.getValue().entrySet()) {
          Sample sample = e.getValue();
          if (select.range().contains(e.getKey())) {
            if (sample.histogram == null) {
              into.add(e.getKey(), sample.start, sample.value);
            } else {
              into.add(e.getKey(), sample.start, hinted(previous, sample.histogram));
            }
          }
          previous = sample;
        }
      }

      @Override
      public void close() {}
    };
  }

  private static NativeHistogram hinted(Sample before, NativeHistogram h) {
    if (h.resetHint() == ResetHint.GAUGE) {
      return h;
    }
    NativeHistogram previous = before == null ? null : before.histogram;
    boolean continues =
        previous != null
            && previous.resetHint() != ResetHint.GAUGE
            && h.resetHint() != ResetHint.RESET
            && previous.schema() == h.schema()
            && previous.zeroThreshold() == h.zeroThreshold()
            && Arrays.equals(previous.customValues(), h.customValues())
            && !HistogramMath.isReset(
                previous.withResetHint(ResetHint.UNKNOWN), h.withResetHint(ResetHint.UNKNOWN));
    return h.withResetHint(continues ? ResetHint.NOT_RESET : ResetHint.UNKNOWN);
  }

  @Override
  public SeriesCursor series(MetricsSelect select) {
    return select(select);
  }

  @Override
  public List<String> labelNames(MetricsSelect select) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> labelValues(String label, MetricsSelect select) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ExemplarSeries> exemplars(MetricsSelect select) {
    return new ArrayList<>();
  }

  @Override
  public List<MetricMetadata> metadata(TenantId tenant, String metric) {
    return new ArrayList<>();
  }
}
