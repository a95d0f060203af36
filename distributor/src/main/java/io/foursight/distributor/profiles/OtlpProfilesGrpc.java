package io.foursight.distributor.profiles;

import io.foursight.distributor.OtlpGrpc;
import io.foursight.distributor.OtlpWriter.Written;
import io.foursight.distributor.RetryAfter;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpRoutes;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesPartialSuccess;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/// OTLP/gRPC for profiles on the OTLP, the profiles and the main door. Requests are not parsed by
/// the generated classes, which know one layout of samples only. See [OtlpGrpc].
public final class OtlpProfilesGrpc implements BindableService {
  private static final MethodDescriptor<byte[], ExportProfilesServiceResponse> EXPORT =
      MethodDescriptor.<byte[], ExportProfilesServiceResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(ProfilesServiceGrpc.getExportMethod().getFullMethodName())
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(
              ProtoUtils.marshaller(ExportProfilesServiceResponse.getDefaultInstance()))
          .build();

  private final OtlpGrpc<ExportProfilesServiceRequest> grpc;

  public OtlpProfilesGrpc(ProfilesDistributor distributor, RetryAfter retryAfter) {
    this.grpc = new OtlpGrpc<>(new OtlpProfilesWriter(distributor), retryAfter);
  }

  public void register(HttpRoutes routes) {
    for (Door door : List.of(Door.OTLP_GRPC, Door.PROFILES, Door.MAIN)) {
      routes.addGrpc(door, this);
    }
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(ProfilesServiceGrpc.SERVICE_NAME)
        .addMethod(
            EXPORT,
            ServerCalls.asyncUnaryCall((request, observer) ->
                grpc.exportBytes(request, observer, OtlpProfilesGrpc::response)))
        .build();
  }

  private static ExportProfilesServiceResponse response(Written written) {
    if (written.message().isEmpty()) {
      return ExportProfilesServiceResponse.getDefaultInstance();
    }
    return ExportProfilesServiceResponse.newBuilder()
        .setPartialSuccess(
            ExportProfilesPartialSuccess.newBuilder()
                .setRejectedProfiles(written.rejected())
                .setErrorMessage(written.message()))
        .build();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
