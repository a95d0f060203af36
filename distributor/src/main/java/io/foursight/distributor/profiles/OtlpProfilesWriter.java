package io.foursight.distributor.profiles;

import com.google.protobuf.Message;
import io.foursight.distributor.InflightBytes;
import io.foursight.distributor.OtlpWriter;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.wire.profiles.OtlpProfilesDecoder;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import java.time.Duration;

/// Profiles behind the OTLP doors. Safe from any thread.
final class OtlpProfilesWriter implements OtlpWriter<ExportProfilesServiceRequest> {
  private final ProfilesDistributor distributor;

  OtlpProfilesWriter(ProfilesDistributor distributor) {
    this.distributor = distributor;
  }

  @Override
  public Signal signal() {
    return Signal.PROFILES;
  }

  @Override
  public String rejectedField() {
    return "rejectedProfiles";
  }

  @Override
  public Message.Builder newRequest() {
    return ExportProfilesServiceRequest.newBuilder();
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
    return 4;
  }

  @Override
  public Written write(TenantId tenant, byte[] message, Headers headers) {
    return write(tenant, message, message.length, false);
  }

  /// Parsed from JSON, whose names leave no doubt about the layout of samples.
  @Override
  public Written write(
      TenantId tenant, ExportProfilesServiceRequest request, int bytes, Headers headers) {
    return write(tenant, request.toByteArray(), bytes, true);
  }

  private Written write(TenantId tenant, byte[] message, int bytes, boolean isNew) {
    ProfilesDistributor.Written written =
        distributor.push(
            tenant,
            bytes,
            s ->
                new OtlpProfilesDecoder(s.symbols, s.batch, s.limits, s.refusals)
                    .decode(message, s.nowNanos, isNew));
    return new Written(written.rejected(), written.whole(), written.limited(), written.message());
  }

  @Override
  public void request(String door, int code, Duration took) {
    distributor.metrics().request(door, code, took);
  }
}
