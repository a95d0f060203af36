package io.foursight.ingester.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.Labels;
import io.foursight.model.metrics.LabelBytes;
import io.foursight.model.metrics.MetricsBatch;
import io.foursight.model.metrics.MetricsWriteResult;
import io.foursight.model.metrics.MetricsWriteResult.Rejection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Counts what became of a batch; only the first item of each reason gets a text. The texts follow
/// Mimir's documented error catalogue. Owned by one thread.
final class WriteOutcome {
  static final String DUPLICATE = "sample_duplicate_timestamp";
  static final String TOO_OLD = "sample_timestamp_too_old";
  static final String SERIES_PER_USER = "per_user_series_limit";
  static final String SERIES_PER_METRIC = "per_metric_series_limit";
  static final String METADATA_PER_USER = "per_user_metadata_limit";
  static final String METADATA_PER_METRIC = "per_metric_metadata_limit";
  static final String EXEMPLAR_SERIES_MISSING = "exemplar_series_missing";
  static final String BAD_LABELS = "invalid_labels";

  int samples;
  int histograms;
  int exemplars;
  private final Map<String, Rejection> rejections = new LinkedHashMap<>();

  void reject(String reason, int count, Supplier<String> message) {
    if (count == 0) {
      return;
    }
    Rejection before = rejections.get(reason);
    rejections.put(
        reason,
        before == null
            ? new Rejection(reason, ErrorKind.BAD_DATA, message.get(), count)
            : new Rejection(reason, before.kind(), before.message(), before.count() + count));
  }

  void duplicate(MetricsBatch batch, int series, long timestamp) {
    reject(
        DUPLICATE,
        1,
        () ->
            "duplicate sample for timestamp: the sample has been rejected because another sample"
                + " with the same timestamp, but a different value, has already been ingested"
                + " (err-mimir-sample-duplicate-timestamp)"
                + affected(batch, series, timestamp));
  }

  void tooOld(MetricsBatch batch, int series, long timestamp, String window) {
    reject(
        TOO_OLD,
        1,
        () ->
            "the sample has been rejected because another sample with a more recent timestamp has"
                + " already been ingested and this sample is beyond the out-of-order time window of"
                + " "
                + window
                + " (err-mimir-sample-timestamp-too-old)"
                + affected(batch, series, timestamp));
  }

  void seriesPerUser(MetricsBatch batch, int series, int rows, int limit) {
    reject(
        SERIES_PER_USER,
        rows,
        () ->
            "per-user series limit of "
                + limit
                + " exceeded (err-mimir-max-series-per-user). To adjust the related per-tenant"
                + " limit, configure -ingester.max-global-series-per-user, or contact your service"
                + " administrator. This is for series "
                + labels(batch, series));
  }

  void seriesPerMetric(MetricsBatch batch, int series, int rows, int limit) {
    reject(
        SERIES_PER_METRIC,
        rows,
        () ->
            "per-metric series limit of "
                + limit
                + " exceeded (err-mimir-max-series-per-metric). To adjust the related per-tenant"
                + " limit, configure -ingester.max-global-series-per-metric, or contact your"
                + " service administrator. This is for series "
                + labels(batch, series));
  }

  private static String affected(MetricsBatch batch, int series, long timestamp) {
    return ". The affected sample has timestamp "
        + Instant.ofEpochMilli(timestamp)
        + " and is from series "
        + labels(batch, series);
  }

  static Labels labels(MetricsBatch batch, int series) {
    return LabelBytes.decode(
        batch.labelBytes(series), batch.labelOffset(series), batch.labelLength(series));
  }

  MetricsWriteResult result() {
    List<Rejection> all = new ArrayList<>(rejections.values());
    return new MetricsWriteResult(samples, histograms, exemplars, all);
  }
}
