package io.foursight.queryfrontend.profiles;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.ConnectRoutes;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.GrpcTenant;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.wire.connect.MessageFields;
import io.foursight.wire.connect.MessageJson;
import io.foursight.wire.connect.MessageReader;
import io.foursight.wire.connect.MessageSchema;
import io.foursight.wire.rpc.RpcGrpcService;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import java.util.List;
import java.util.Set;

/// One service with unary methods, served over Connect and gRPC on the doors of profiles.
final class UnaryServices {
  static final List<Door> DOORS = List.of(Door.MAIN, Door.PROFILES);

  /// Answers one method in protobuf.
  @FunctionalInterface
  interface Method {
    byte[] answer(UnaryCall call, MessageFields request);
  }

  private final HttpRoutes routes;
  private final String name;
  private final long maxBytes;
  private final RpcService grpc;

  /// @param name full name, `package.Service`
  /// @param maxBytes of a request
  UnaryServices(HttpRoutes routes, String name, long maxBytes) {
    this.routes = routes;
    this.name = name;
    this.maxBytes = maxBytes;
    this.grpc = new RpcService(name);
  }

  UnaryServices on(String method, MessageSchema request, MessageSchema response, Method answering) {
    for (Door door : DOORS) {
      ConnectRoutes.add(
          routes,
          door,
          name,
          method,
          maxBytes,
          (call, message, json) -> {
            byte[] asked = json ? MessageReader.read(message, request) : message;
            byte[] answer = answering.answer(UnaryCall.of(call), MessageFields.of(asked));
            return json ? MessageJson.write(answer, response) : answer;
          });
    }
    grpc.on(
        new RpcMethod(name, method),
        call ->
            call.send(
                answering.answer(
                    new UnaryCall(GrpcTenant.currentAll(), call.deadline(), call::onCancel, true),
                    MessageFields.of(call.request()))));
    return this;
  }

  /// Serves what was added over gRPC, too, and answers other methods as unknown; the last call.
  void register() {
    for (Door door : DOORS) {
      routes.add(
          door,
          Set.of("POST"),
          "/" + name + "/{method}",
          name.replace('.', '_') + "_other",
          ConnectRoutes.ERRORS,
          call -> {
            throw new FoursightException(
                ErrorKind.UNIMPLEMENTED,
                name + "." + call.pathParameter("method") + " is not implemented");
          });
      routes.addGrpc(door, new RpcGrpcService(grpc));
    }
  }
}
