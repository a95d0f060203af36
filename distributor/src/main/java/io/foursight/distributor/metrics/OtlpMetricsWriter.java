package io.foursight.distributor.metrics;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.foursight.distributor.DistributorLimits;
import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.OtlpWriter;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.wire.otlp.OtlpMetricsOptions;
import io.foursight.wire.otlp.OtlpMetricsTranslator;
import io.foursight.wire.otlp.TranslationStrategy;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;

/// Metrics behind the OTLP doors: translates a request under the tenant's options and pushes it.
/// Safe from any thread.
final class OtlpMetricsWriter implements OtlpWriter<ExportMetricsServiceRequest> {
  private final MetricsDistributor distributor;
  private final ArrayBlockingQueue<OtlpMetricsTranslator> idle = new ArrayBlockingQueue<>(16);

  OtlpMetricsWriter(MetricsDistributor distributor) {
    this.distributor = distributor;
  }

  @Override
  public Signal signal() {
    return Signal.METRICS;
  }

  @Override
  public String rejectedField() {
    return "rejectedDataPoints";
  }

  @Override
  public Message.Builder newRequest() {
    return ExportMetricsServiceRequest.newBuilder();
  }

  @Override
  public void admit(TenantId tenant) {
    distributor.admit(tenant);
  }

  @Override
  public InflightBytes inflight() {
    return distributor.inflight();
  }

  @Override
  public long maxRequestBytes() {
    return distributor.config().maxOtlpRequestSize().bytes();
  }

  @Override
  public String maxRequestHint() {
    return "(err-mimir-distributor-max-otlp-request-size). To adjust the limit, set"
        + " distributor.max_otlp_request_size";
  }

  @Override
  public long memoryPerByte() {
    return 4;
  }

  @Override
  public Written write(TenantId tenant, byte[] message, Headers headers) {
    ExportMetricsServiceRequest request;
    try {
      request = ExportMetricsServiceRequest.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw FoursightException.badData("malformed OTLP protobuf: " + e.getMessage());
    }
    return write(tenant, request, message.length, headers);
  }

  @Override
  public Written write(
      TenantId tenant, ExportMetricsServiceRequest request, int bytes, Headers headers) {
    Optional<TranslationStrategy> strategy = strategy(headers);
    OtlpMetricsTranslator translator = idle.poll();
    if (translator == null) {
      translator = new OtlpMetricsTranslator();
    }
    PushScratch scratch = distributor.scratches().take();
    translator.translate(request, options(distributor.limits(tenant), strategy), scratch.batch);
    var refused = translator.rejections();
    refused.forEach(distributor.metrics()::rejected);
    PushOutcome outcome = distributor.push(tenant, scratch).plusRejections(refused);
    // As OTLP counts: never more than came.
    var written =
        new Written(
            Math.min(translator.points(), outcome.rejectedItems()),
            !outcome.rejections().isEmpty()
                && outcome.samples() + outcome.histograms() + outcome.deduplicated() == 0,
            false,
            outcome.rejections().isEmpty() ? "" : outcome.message());
    // Not in finally blocks: after an exception somebody may still hold on to the batch.
    distributor.scratches().give(scratch, bytes);
    if (bytes <= 8 << 20) {
      idle.offer(translator);
    }
    return written;
  }

  @Override
  public void request(String door, int code, Duration took) {
    distributor.metrics().request(door, code, took);
  }

  private static Optional<TranslationStrategy> strategy(Headers headers) {
    Optional<String> named = headers.header("x-mimir-otlp-translationstrategy");
    if (named.isPresent()) {
      return Optional.of(
          switch (named.get()) {
            case "UnderscoreEscapingWithSuffixes" ->
                TranslationStrategy.UNDERSCORE_ESCAPING_WITH_SUFFIXES;
            case "UnderscoreEscapingWithoutSuffixes" ->
                TranslationStrategy.UNDERSCORE_ESCAPING_WITHOUT_SUFFIXES;
            case "NoUTF8EscapingWithSuffixes" -> TranslationStrategy.NO_UTF8_ESCAPING_WITH_SUFFIXES;
            case "NoTranslation" -> TranslationStrategy.NO_TRANSLATION;
            default ->
                throw FoursightException.badData(
                    "unknown X-Mimir-OTLP-TranslationStrategy \"" + named.get() + "\"");
          });
    }
    return headers
        .header("x-mimir-otlp-addsuffixes")
        .map(text -> TranslationStrategy.DEFAULT.orDefault(Boolean.parseBoolean(text)));
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
