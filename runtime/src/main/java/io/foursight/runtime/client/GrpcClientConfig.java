package io.foursight.runtime.client;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import java.time.Duration;
import java.util.Set;

/// How this process calls others, a section `grpc_client_config`.
public record GrpcClientConfig(
    @Setting("Largest message received.") ByteSize maxRecvMsgSize,
    @Setting("Compression of messages: empty, gzip, snappy or zstd.") String grpcCompression,
    @Setting("How long a connection may take to come about.") Duration connectTimeout,
    @Setting("Whether connections are encrypted.") boolean tlsEnabled,
    @Setting("Certificate that this process shows, a PEM file; empty = none.") String tlsCertPath,
    @Setting("Key of that certificate, a PEM file.") String tlsKeyPath,
    @Setting("Authorities that are believed, a PEM file; empty = those of the Java runtime.")
        String tlsCaPath,
    @Setting("Name expected in the other side's certificate; empty = its address.")
        String tlsServerName) {
  private static final Set<String> COMPRESSIONS = Set.of("", "gzip", "snappy", "zstd");

  public GrpcClientConfig {
    if (!COMPRESSIONS.contains(grpcCompression)) {
      throw FoursightException.badData(
          "grpc_compression is \""
              + grpcCompression
              + "\", expected nothing, gzip, snappy or zstd");
    }
    if (tlsCertPath.isEmpty() != tlsKeyPath.isEmpty()) {
      throw FoursightException.badData("tls_cert_path and tls_key_path need each other");
    }
  }

  public static GrpcClientConfig defaults() {
    return new GrpcClientConfig(
        ByteSize.ofMebibytes(100), "snappy", Duration.ofSeconds(5), false, "", "", "", "");
  }
}
