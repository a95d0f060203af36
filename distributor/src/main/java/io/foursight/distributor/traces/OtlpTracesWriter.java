package io.foursight.distributor.traces;

import com.google.protobuf.Message;
import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.OtlpWriter;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.time.Duration;

/// Traces behind the OTLP doors. Safe from any thread.
final class OtlpTracesWriter implements OtlpWriter<ExportTraceServiceRequest> {
  private final TracesDistributor distributor;

  OtlpTracesWriter(TracesDistributor distributor) {
    this.distributor = distributor;
  }

  @Override
  public Signal signal() {
    return Signal.TRACES;
  }

  @Override
  public String rejectedField() {
    return "rejectedSpans";
  }

  @Override
  public Message.Builder newRequest() {
    return ExportTraceServiceRequest.newBuilder();
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
    TracesDistributor.Written written =
        distributor.push(
            tenant,
            message.length,
            scratch ->
                scratch.otlp.decode(message, message.length, scratch.batch, scratch.refusals));
    return new Written(written.rejected(), written.whole(), written.limited(), written.message());
  }

  @Override
  public Written write(
      TenantId tenant, ExportTraceServiceRequest request, int bytes, Headers headers) {
    return write(tenant, request.toByteArray(), headers);
  }

  @Override
  public void request(String door, int code, Duration took) {
    distributor.metrics().request(door, code, took);
  }
}
