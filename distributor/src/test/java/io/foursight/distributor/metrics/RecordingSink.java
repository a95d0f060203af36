package io.foursight.distributor.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsSink;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import io.foursight.model.metrics.NativeHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Remembers what was written, as text: `tenant labels @timestamp value`.
final class RecordingSink implements MetricsSink {
  final List<String> samples = new ArrayList<>();
  final List<NativeHistogram> histograms = new ArrayList<>();
  final List<MetricMetadata> metadata = new ArrayList<>();
  final List<String> exemplars = new ArrayList<>();
  Optional<FoursightException> failure = Optional.empty();
  Optional<Rejection> rejection = Optional.empty();

  @Override
  public synchronized MetricsWriteResult write(TenantId tenant, MetricsBatch batch) {
    failure.ifPresent(e -> {
      throw e;
    });
    for (int i = 0; i < batch.seriesCount(); i++) {
      String labels =
          LabelBytes.decode(batch.labelBytes(i), batch.labelOffset(i), batch.labelLength(i))
              .toString();
      for (int r = batch.sampleStart(i); r < batch.sampleEnd(i); r++) {
        String start = batch.startTimestamp(r) == 0 ? "" : " since " + batch.startTimestamp(r);
        samples.add(
            tenant + " " + labels + " @" + batch.timestamps()[r] + " " + batch.values()[r] + start);
      }
      for (int r = batch.histogramStart(i); r < batch.histogramEnd(i); r++) {
        samples.add(tenant + " " + labels + " @" + batch.histogramTimestamp(r) + " histogram");
        histograms.add(batch.histogram(r));
      }
    }
    batch.exemplars().forEach(e -> exemplars.add(e.series() + " " + e.exemplar().labels()));
    metadata.addAll(batch.metadata());
    int refused = rejection.map(Rejection::count).orElse(0);
    return new MetricsWriteResult(
        batch.sampleCount() - refused,
        batch.histogramCount(),
        batch.exemplars().size(),
        rejection.stream().toList());
  }
}
