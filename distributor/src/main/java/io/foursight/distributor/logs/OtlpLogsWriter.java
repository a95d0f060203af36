package io.foursight.distributor.logs;

import com.google.protobuf.Message;
import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.OtlpWriter;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.time.Duration;
import java.util.List;

/// Logs behind the OTLP doors: decodes a request under the tenant's options and pushes it. Safe
/// from any thread.
final class OtlpLogsWriter implements OtlpWriter<ExportLogsServiceRequest> {
  private final LogsDistributor distributor;

  OtlpLogsWriter(LogsDistributor distributor) {
    this.distributor = distributor;
  }

  @Override
  public Signal signal() {
    return Signal.LOGS;
  }

  @Override
  public String rejectedField() {
    return "rejectedLogRecords";
  }

  @Override
  public Message.Builder newRequest() {
    return ExportLogsServiceRequest.newBuilder();
  }

  @Override
  public void admit(TenantId tenant) {
    distributor.admit();
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
  public long memoryPerByte() {
    return 2;
  }

  @Override
  public Written write(TenantId tenant, byte[] message, Headers headers) {
    LogsScratch scratch = distributor.scratches().take();
    scratch.otlp.decode(
        message,
        distributor.limits(tenant).otlpConfig().options(),
        distributor.nowNanos(),
        scratch.batch);
    int stored = distributor.push(tenant, scratch, List.of());
    LogsRejections rejections = scratch.rejections;
    var written =
        new Written(
            rejections.count(),
            rejections.count() > 0 && stored == 0,
            rejections.isLimited(),
            rejections.isEmpty() ? "" : rejections.text(tenant.value()));
    // Not in a finally block: after an exception somebody may still hold on to the batch.
    distributor.scratches().give(scratch, message.length);
    return written;
  }

  @Override
  public Written write(
      TenantId tenant, ExportLogsServiceRequest request, int bytes, Headers headers) {
    return write(tenant, request.toByteArray(), headers);
  }

  @Override
  public void request(String door, int code, Duration took) {
    distributor.metrics().request(door, code, took);
  }
}
