package io.foursight.runtime.server;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.Door;
import java.time.Duration;

/// Section `server`. A port of 0 closes its door; -1 takes a free port that the operating system
/// chooses (for tests). Doors on which no component serves anything stay closed, except the main
/// one.
public record ServerConfig(
    @Setting("Address that every HTTP door listens on.") String httpListenAddress,
    @Setting("Port of the main door: metrics and everything else. 0 closes it.") int httpListenPort,
    @Setting("Port for the logs data source. 0 closes it.") int logsListenPort,
    @Setting("Port for the traces data source. 0 closes it.") int tracesListenPort,
    @Setting("Port for the profiles data source. 0 closes it.") int profilesListenPort,
    @Setting("Port for OTLP over HTTP. 0 closes it.") int otlpHttpListenPort,
    @Setting("Address that the gRPC doors listen on.") String grpcListenAddress,
    @Setting("Port for OTLP over gRPC. 0 closes it.") int otlpGrpcListenPort,
    @Setting("Port for gRPC between components. 0 closes it.") int grpcListenPort,
    @Setting("Largest request body or gRPC message as received, before decompression.")
        ByteSize maxRequestBodySize,
    @Setting("Requests handled at once; more wait up to 10s and are then answered 503.")
        int maxConcurrentRequests,
    @Setting("How long a connection may be silent.") Duration httpIdleTimeout,
    @Setting("How long to wait for running requests when stopping.")
        Duration gracefulShutdownTimeout,
    @Setting("Whether every request is logged.") boolean logRequests,
    @Setting("Encryption of the doors that clients use, OTLP over gRPC included.")
        ServerTlsConfig httpTlsConfig,
    @Setting("Encryption of the door between components.") ServerTlsConfig grpcTlsConfig) {
  public static ServerConfig defaults() {
    return new ServerConfig(
        "0.0.0.0",
        8080,
        3100,
        3200,
        4040,
        4318,
        "0.0.0.0",
        4317,
        9095,
        new ByteSize(128L << 20),
        2048,
        Duration.ofMinutes(2),
        Duration.ofSeconds(30),
        false,
        ServerTlsConfig.off(),
        ServerTlsConfig.off());
  }

  public ServerConfig {
    for (int port :
        new int[] {
          httpListenPort,
          logsListenPort,
          tracesListenPort,
          profilesListenPort,
          otlpHttpListenPort,
          otlpGrpcListenPort,
          grpcListenPort
        }) {
      if (port < -1 || port > 65_535) {
        throw FoursightException.badData(
            "port " + port + " does not exist; 1 to 65535, 0 closes the door");
      }
    }
    if (maxConcurrentRequests < 1) {
      throw FoursightException.badData(
          "max_concurrent_requests is " + maxConcurrentRequests + ", the minimum is 1");
    }
  }

  /// As configured: 0 closed, -1 any free one.
  int port(Door door) {
    return switch (door) {
      case MAIN -> httpListenPort;
      case LOGS -> logsListenPort;
      case TRACES -> tracesListenPort;
      case PROFILES -> profilesListenPort;
      case OTLP_HTTP -> otlpHttpListenPort;
      case OTLP_GRPC -> otlpGrpcListenPort;
      case INTERNAL_GRPC -> grpcListenPort;
    };
  }

  static String flag(Door door) {
    return switch (door) {
      case MAIN -> "-server.http-listen-port";
      case LOGS -> "-server.logs-listen-port";
      case TRACES -> "-server.traces-listen-port";
      case PROFILES -> "-server.profiles-listen-port";
      case OTLP_HTTP -> "-server.otlp-http-listen-port";
      case OTLP_GRPC -> "-server.otlp-grpc-listen-port";
      case INTERNAL_GRPC -> "-server.grpc-listen-port";
    };
  }

  String address(Door door) {
    return isGrpcOnly(door) ? grpcListenAddress : httpListenAddress;
  }

  ServerTlsConfig tls(Door door) {
    return door == Door.INTERNAL_GRPC ? grpcTlsConfig : httpTlsConfig;
  }

  static boolean isGrpcOnly(Door door) {
    return door == Door.OTLP_GRPC || door == Door.INTERNAL_GRPC;
  }
}
