package io.foursight.distributor.metrics;

import io.foursight.distributor.DistributorLimits;
import io.foursight.model.TenantId;
import io.foursight.wire.otlp.OtlpMetricsOptions;
import io.foursight.wire.otlp.OtlpMetricsTranslator;
import io.foursight.wire.otlp.TranslationStrategy;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;

/// What the OTLP doors share: translate a request under the tenant's options and push it. Safe from
/// any thread.
final class OtlpMetricsWriter {
  private final MetricsDistributor distributor;
  private final ArrayBlockingQueue<OtlpMetricsTranslator> idle = new ArrayBlockingQueue<>(16);

  OtlpMetricsWriter(MetricsDistributor distributor) {
    this.distributor = distributor;
  }

  MetricsDistributor distributor() {
    return distributor;
  }

  /// What a request came to.
  ///
  /// @param points data points in it
  record Written(PushOutcome outcome, long points) {
    /// Data points that were refused, as OTLP counts: never more than came.
    long rejectedPoints() {
      return Math.min(points, outcome.rejectedItems());
    }

    boolean isWholeRejection() {
      return !outcome.rejections().isEmpty()
          && outcome.samples() + outcome.histograms() + outcome.deduplicated() == 0;
    }
  }

  /// @param strategy overrides the tenant's for this request
  Written write(
      TenantId tenant,
      ExportMetricsServiceRequest request,
      int bodyBytes,
      Optional<TranslationStrategy> strategy) {
    OtlpMetricsTranslator translator = idle.poll();
    if (translator == null) {
      translator = new OtlpMetricsTranslator();
    }
    PushScratch scratch = distributor.scratches().take();
    translator.translate(request, options(distributor.limits(tenant), strategy), scratch.batch);
    var refused = translator.rejections();
    refused.forEach(distributor.metrics()::rejected);
    var outcome = distributor.push(tenant, scratch).plusRejections(refused);
    var written = new Written(outcome, translator.points());
    // Not in finally blocks: after an exception somebody may still hold on to the batch.
    distributor.scratches().give(scratch, bodyBytes);
    if (bodyBytes <= 8 << 20) {
      idle.offer(translator);
    }
    return written;
  }

  private static OtlpMetricsOptions options(
      DistributorLimits limits, Optional<TranslationStrategy> strategy) {
    return new OtlpMetricsOptions(
        strategy
            .orElse(limits.otelTranslationStrategy())
            .orDefault(limits.otelMetricSuffixesEnabled()),
        limits.promoteOtelResourceAttributes(),
        limits.promoteAllOtelResourceAttributes(),
        limits.otelKeepIdentifyingResourceAttributes(),
        limits.otelConvertHistogramsToNhcb(),
        limits.otelPromoteScopeMetadata());
  }
}
