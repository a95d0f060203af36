package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorLimits;
import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.SeriesHash;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.NativeHistogram;
import io.foursight.wire.metrics.LabelBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Applies a tenant's rules to a batch: series that break one are removed with their rows, rows
/// that break one are removed alone, label bytes become canonical. What is left may be stored as it
/// is.
///
/// A series that the walk found to be known ([KnownSeries]) is not looked at again. Reused; owned
/// by one thread.
final class MetricsValidator {
  private static final int MAX_EXEMPLAR_RUNES = 128;

  private final SeriesHash hash;
  private final ParsedLabels labels = new ParsedLabels();
  private final LabelBuffer buffer = new LabelBuffer();
  private final BitSet badSeries = new BitSet();
  private final BitSet badSamples = new BitSet();
  private final BitSet badHistograms = new BitSet();
  private int validated;

  MetricsValidator(SeriesHash hash) {
    this.hash = hash;
  }

  /// Series that were parsed by the last call.
  int validatedSeries() {
    return validated;
  }

  /// @param walk has gone through the batch
  void validate(
      MetricsBatch batch,
      SeriesWalk walk,
      DistributorLimits limits,
      KnownSeries known,
      long nowMillis,
      Rejections rejections) {
    badSeries.clear();
    badSamples.clear();
    badHistograms.clear();
    validated = 0;
    series(batch, walk, new SeriesRules(limits), known, rejections);
    times(batch, limits, nowMillis, rejections);
    if (batch.histogramCount() > 0) {
      histograms(batch, new HistogramRules(limits), rejections);
    }
    if (!batch.exemplars().isEmpty()) {
      exemplars(batch, limits, nowMillis, rejections);
    }
    if (!batch.metadata().isEmpty()) {
      metadata(batch.metadata(), limits, rejections);
    }
    if (!badSeries.isEmpty() || !badSamples.isEmpty() || !badHistograms.isEmpty()) {
      batch.remove(badSeries, badSamples, badHistograms);
    }
  }

  private void series(
      MetricsBatch batch,
      SeriesWalk walk,
      SeriesRules rules,
      KnownSeries known,
      Rejections rejections) {
    walk.giveKeys(batch);
    int n = batch.seriesCount();
    for (int i = 0; i < n; i++) {
      if (walk.entry(i) == KnownSeries.NONE) {
        unknown(batch, i, rules, known, rejections);
      }
    }
  }

  /// Parses and checks a series; remembers it when it is good.
  private void unknown(
      MetricsBatch batch, int i, SeriesRules rules, KnownSeries known, Rejections rejections) {
    validated++;
    byte[] bytes = batch.labelBytes(i);
    int offset = batch.labelOffset(i);
    int length = batch.labelLength(i);
    SeriesRules.Problem problem;
    try {
      labels.parse(bytes, offset, length);
      problem = rules.check(labels);
    } catch (FoursightException e) {
      problem =
          new SeriesRules.Problem("label_malformed", e.getMessage() + " (err-mimir-label-invalid)");
    }
    if (!problem.reason().isEmpty()) {
      badSeries.set(i);
      String message = problem.message();
      rejections.add(problem.reason(), Math.max(1, items(batch, i)), () -> message);
      return;
    }
    long check = hash.check(bytes, offset, length);
    long high = batch.hashHigh()[i];
    long low = batch.hashLow()[i];
    if (labels.isCanonical()) {
      known.add(check, high, low, length);
      return;
    }
    buffer.clear();
    labels.encode(buffer);
    byte[] canonical = Arrays.copyOf(buffer.array(), buffer.size());
    batch.replaceLabels(i, canonical, hash);
    known.addRewritten(
        check,
        high,
        low,
        length,
        new KnownSeries.Rewritten(canonical, batch.hashHigh()[i], batch.hashLow()[i]));
  }

  private static int items(MetricsBatch batch, int i) {
    return batch.sampleEnd(i)
        - batch.sampleStart(i)
        + batch.histogramEnd(i)
        - batch.histogramStart(i);
  }

  private void times(
      MetricsBatch batch, DistributorLimits limits, long now, Rejections rejections) {
    long latest = latest(limits, now);
    long earliest = earliest(limits, now);
    long[] timestamps = batch.timestamps();
    long max = Long.MIN_VALUE;
    long min = Long.MAX_VALUE;
    int n = batch.sampleCount();
    for (int row = 0; row < n; row++) {
      max = Math.max(max, timestamps[row]);
      min = Math.min(min, timestamps[row]);
    }
    for (int row = 0; row < batch.histogramCount(); row++) {
      max = Math.max(max, batch.histogramTimestamp(row));
      min = Math.min(min, batch.histogramTimestamp(row));
    }
    if (max <= latest && min >= earliest) {
      return;
    }
    for (int i = 0; i < batch.seriesCount(); i++) {
      if (badSeries.get(i)) {
        continue;
      }
      for (int row = batch.sampleStart(i); row < batch.sampleEnd(i); row++) {
        if (outside(batch, i, timestamps[row], earliest, latest, rejections)) {
          badSamples.set(row);
        }
      }
      for (int row = batch.histogramStart(i); row < batch.histogramEnd(i); row++) {
        if (outside(batch, i, batch.histogramTimestamp(row), earliest, latest, rejections)) {
          badHistograms.set(row);
        }
      }
    }
  }

  private static long latest(DistributorLimits limits, long now) {
    long grace = limits.creationGracePeriod().toMillis();
    return grace > 0 ? now + grace : Long.MAX_VALUE;
  }

  private static long earliest(DistributorLimits limits, long now) {
    long grace = limits.pastGracePeriod().toMillis();
    return grace > 0 ? now - grace : Long.MIN_VALUE;
  }

  private static boolean outside(
      MetricsBatch batch,
      int i,
      long timestamp,
      long earliest,
      long latest,
      Rejections rejections) {
    if (timestamp > latest) {
      rejections.add(
          "too_far_in_future",
          1,
          () ->
              "received a sample whose timestamp is too far in the future, timestamp: "
                  + timestamp
                  + " (latest: "
                  + latest
                  + ") series: '"
                  + describe(batch, i)
                  + "' (err-mimir-too-far-in-future)."
                  + " To adjust the per-tenant limit, set limits.creation_grace_period");
      return true;
    }
    if (timestamp < earliest) {
      rejections.add(
          "too_far_in_past",
          1,
          () ->
              "received a sample whose timestamp is too far in the past, timestamp: "
                  + timestamp
                  + " (earliest: "
                  + earliest
                  + ") series: '"
                  + describe(batch, i)
                  + "' (err-mimir-too-far-in-past)."
                  + " To adjust the per-tenant limit, set limits.past_grace_period");
      return true;
    }
    return false;
  }

  private static String describe(MetricsBatch batch, int i) {
    var parsed = new ParsedLabels();
    parsed.parse(batch.labelBytes(i), batch.labelOffset(i), batch.labelLength(i));
    return parsed.describe();
  }

  private void histograms(MetricsBatch batch, HistogramRules rules, Rejections rejections) {
    for (int i = 0; i < batch.seriesCount(); i++) {
      if (badSeries.get(i)) {
        continue;
      }
      int series = i;
      for (int row = batch.histogramStart(i); row < batch.histogramEnd(i); row++) {
        if (badHistograms.get(row)) {
          continue;
        }
        NativeHistogram sent = batch.histogram(row);
        switch (rules.check(sent)) {
          case HistogramRules.Good(NativeHistogram kept) -> {
            if (kept != sent) {
              batch.replaceHistogram(row, kept);
            }
          }
          case HistogramRules.Bad(String reason, String message) -> {
            badHistograms.set(row);
            rejections.add(reason, 1, () -> message + " series: '" + describe(batch, series) + "'");
          }
        }
      }
    }
  }

  /// A bad exemplar is left out and counted but does not fail the request: senders of OTLP attach
  /// empty ones as a matter of course, and nobody retries or fixes an exemplar.
  private void exemplars(
      MetricsBatch batch, DistributorLimits limits, long now, Rejections rejections) {
    int perSeries = limits.maxExemplarsPerSeriesPerRequest();
    long latest = latest(limits, now);
    int[] seen = perSeries > 0 ? new int[batch.seriesCount()] : new int[0];
    batch
        .exemplars()
        .removeIf(e -> {
          if (badSeries.get(e.series())) {
            return true;
          }
          String problem = exemplarProblem(e.exemplar(), latest);
          if (problem.isEmpty() && perSeries > 0 && ++seen[e.series()] > perSeries) {
            problem = "too_many_exemplars_per_series_per_request";
          }
          if (!problem.isEmpty()) {
            rejections.addSilently(problem);
          }
          return !problem.isEmpty();
        });
  }

  private static String exemplarProblem(Exemplar exemplar, long latest) {
    Labels labels = exemplar.labels();
    if (labels.isEmpty()) {
      return "exemplar_labels_missing";
    }
    int runes = 0;
    for (int i = 0; i < labels.size(); i++) {
      runes += labels.name(i).codePointCount(0, labels.name(i).length());
      runes += labels.value(i).codePointCount(0, labels.value(i).length());
    }
    if (runes > MAX_EXEMPLAR_RUNES) {
      return "exemplar_labels_too_long";
    }
    if (exemplar.timestampMillis() == 0) {
      return "exemplar_timestamp_invalid";
    }
    return exemplar.timestampMillis() > latest ? "exemplar_too_far_in_future" : "";
  }

  private static void metadata(
      List<MetricMetadata> entries, DistributorLimits limits, Rejections rejections) {
    int max = limits.maxMetadataLength();
    entries.removeIf(entry -> {
      if (entry.metricFamily().isEmpty()) {
        rejections.add(
            "metadata_missing_metric_name",
            1,
            () ->
                "received a metric metadata with no metric name"
                    + " (err-mimir-metadata-missing-metric-name)");
        return true;
      }
      if (max > 0) {
        return tooLong("metric_name", entry.metricFamily(), entry, max, rejections)
            || tooLong("unit", entry.unit(), entry, max, rejections);
      }
      return false;
    });
    // A long help text is shortened, as Mimir does: nobody can act on a refused one.
    entries.replaceAll(entry -> {
      byte[] help = entry.help().getBytes(StandardCharsets.UTF_8);
      if (max <= 0 || help.length <= max) {
        return entry;
      }
      int keep = Utf8.prefix(help, 0, help.length, max);
      return new MetricMetadata(
          entry.metricFamily(),
          entry.type(),
          new String(help, 0, keep, StandardCharsets.UTF_8),
          entry.unit());
    });
  }

  private static boolean tooLong(
      String what, String text, MetricMetadata entry, int max, Rejections rejections) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length <= max) {
      return false;
    }
    rejections.add(
        "metadata_" + what + "_too_long",
        1,
        () ->
            "received a metric metadata whose "
                + what.replace('_', ' ')
                + " length exceeds the limit (actual: "
                + length
                + ", limit: "
                + max
                + "), metric name: '"
                + entry.metricFamily().substring(0, Math.min(200, entry.metricFamily().length()))
                + "' (err-mimir-"
                + what.replace('_', '-')
                + "-too-long). To adjust the per-tenant limit, set limits.max_metadata_length");
    return true;
  }
}
