package io.foursight.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.config.ByteSize;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.runtime.client.ClientPool;
import io.foursight.runtime.client.GrpcClientConfig;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpReply;
import io.foursight.runtime.http.HttpRoutes.ErrorShape;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Encrypted doors, with certificates of `src/test/resources/tls`.
class DoorsTlsTest {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
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
      };
  private static final MethodDescriptor<byte[], byte[]> ECHO =
      MethodDescriptor.newBuilder(BYTES, BYTES)
          .setType(MethodType.UNARY)
          .setFullMethodName("test.Echo/Echo")
          .build();

  private Doors doors;

  @AfterEach
  void close() {
    if (doors != null) {
      doors.stop(Deadline.after(Duration.ofSeconds(5)));
    }
  }

  private static String file(String name) {
    try {
      return new File(DoorsTlsTest.class.getResource("/tls/" + name).toURI()).getPath();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static ServerTlsConfig server(String auth, String ca) {
    return new ServerTlsConfig(file("server.crt"), file("server.key"), auth, ca);
  }

  private void open(ServerTlsConfig http, ServerTlsConfig grpc) {
    doors =
        new Doors(
            new ServerConfig(
                "127.0.0.1",
                -1,
                -1,
                -1,
                -1,
                -1,
                "127.0.0.1",
                -1,
                -1,
                new ByteSize(1 << 20),
                10,
                Duration.ofMinutes(1),
                Duration.ofSeconds(1),
                false,
                http,
                grpc),
            new TenantScope(false, false),
            new SimpleMeterRegistry());
    doors.add(
        Door.MAIN, Set.of("GET"), "/p", "p", ErrorShape.TEXT, call -> HttpReply.text(200, "safe"));
    for (Door door : Set.of(Door.INTERNAL_GRPC, Door.OTLP_GRPC)) {
      doors.addGrpc(
          door,
          () ->
              ServerServiceDefinition.builder("test.Echo")
                  .addMethod(
                      ECHO,
                      ServerCalls.asyncUnaryCall((q, out) -> {
                        out.onNext(q);
                        out.onCompleted();
                      }))
                  .build());
    }
    doors.start();
    doors.open();
  }

  /// @param identity name of certificate and key, empty = none
  private static HttpClient client(String identity) throws IOException {
    SslContextBuilder ssl =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(new File(file("ca.crt")));
    if (!identity.isEmpty()) {
      ssl.keyManager(new File(file(identity + ".crt")), new File(file(identity + ".key")));
    }
    return HttpClient.newBuilder().sslContext(((JdkSslContext) ssl.build()).context()).build();
  }

  private HttpResponse<String> get(HttpClient client, String scheme)
      throws IOException, InterruptedException {
    int port = doors.address(Door.MAIN).orElseThrow().getPort();
    var request = HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + port + "/p"));
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String echo(Door door, boolean tls, String identity, String ca) {
    var config =
        new GrpcClientConfig(
            ByteSize.ofMebibytes(1),
            "snappy",
            Duration.ofSeconds(5),
            tls,
            identity.isEmpty() ? "" : file(identity + ".crt"),
            identity.isEmpty() ? "" : file(identity + ".key"),
            tls ? file(ca) : "",
            "");
    var pool = new ClientPool(config, new SimpleMeterRegistry());
    try {
      int port = doors.address(door).orElseThrow().getPort();
      return new String(
          ClientCalls.blockingUnaryCall(
              pool.channel("localhost:" + port), ECHO, CallOptions.DEFAULT, "hello".getBytes(UTF)),
          UTF);
    } finally {
      pool.stop(Deadline.NONE);
    }
  }

  private static final java.nio.charset.Charset UTF = java.nio.charset.StandardCharsets.UTF_8;

  @Test
  void httpDoors_areEncrypted_inBothVersionsOfTheProtocol() throws Exception {
    open(server("", ""), ServerTlsConfig.off());
    HttpResponse<String> reply = get(client(""), "https");
    assertThat(reply.body()).isEqualTo("safe");
    assertThat(reply.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(reply.sslSession()).isPresent();
    assertThat(doors.describe()).contains("main=https://");
    assertThatThrownBy(() -> get(HttpClient.newHttpClient(), "http"))
        .isInstanceOf(IOException.class);
    assertThat(echo(Door.OTLP_GRPC, true, "", "ca.crt")).isEqualTo("hello");
    assertThat(echo(Door.INTERNAL_GRPC, false, "", "")).isEqualTo("hello");
  }

  @Test
  void callersWithoutACertificateOfTheAuthority_areRefused() throws Exception {
    open(server("RequireAndVerifyClientCert", file("ca.crt")), server("", file("ca.crt")));
    assertThat(get(client("client"), "https").body()).isEqualTo("safe");
    assertThatThrownBy(() -> get(client(""), "https")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get(client("stranger"), "https")).isInstanceOf(IOException.class);
    assertThat(echo(Door.INTERNAL_GRPC, true, "client", "ca.crt")).isEqualTo("hello");
    for (String identity : Set.of("", "stranger")) {
      assertThatThrownBy(() -> echo(Door.INTERNAL_GRPC, true, identity, "ca.crt"))
          .as("as \"%s\"", identity)
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("UNAVAILABLE");
    }
    assertThatThrownBy(() -> echo(Door.INTERNAL_GRPC, false, "", ""))
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void aCallerBelievesNoServerOfAnotherAuthority() {
    open(ServerTlsConfig.off(), server("", ""));
    assertThatThrownBy(() -> echo(Door.INTERNAL_GRPC, true, "", "stranger-ca.crt"))
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(echo(Door.INTERNAL_GRPC, true, "", "ca.crt")).isEqualTo("hello");
  }

  @Test
  void aCertificateMayBeOptional() throws Exception {
    open(server("VerifyClientCertIfGiven", file("ca.crt")), ServerTlsConfig.off());
    assertThat(get(client(""), "https").body()).isEqualTo("safe");
    assertThat(get(client("client"), "https").body()).isEqualTo("safe");
  }

  @Test
  void settingsThatDoNotFit_areNamed() {
    assertThatThrownBy(() -> new ServerTlsConfig("a.crt", "", "", ""))
        .hasMessage("cert_file and key_file need each other");
    assertThatThrownBy(() -> new ServerTlsConfig("", "", "", "ca.crt"))
        .hasMessageContaining("need a cert_file");
    assertThatThrownBy(() -> new ServerTlsConfig("a", "b", "Sometimes", ""))
        .hasMessageContaining("client_auth_type \"Sometimes\" is none of");
    assertThatThrownBy(() -> new ServerTlsConfig("a", "b", "RequireAnyClientCert", ""))
        .hasMessageContaining("needs client_ca_file");
    var missing = new ServerTlsConfig("/no/such.crt", "/no/such.key", "", "");
    assertThatThrownBy(() -> open(ServerTlsConfig.off(), missing))
        .isInstanceOf(FoursightException.class)
        .hasMessageContaining(
            "server.grpc_tls_config: the TLS files do not work: could not find certificate")
        .hasMessageContaining("/no/such.crt");
    doors = null;
    assertThatThrownBy(() -> open(missing, ServerTlsConfig.off()))
        .hasMessageContaining("server.http_tls_config: the TLS files do not work: could not find");
  }
}
