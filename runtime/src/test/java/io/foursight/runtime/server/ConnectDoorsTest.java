package io.foursight.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.ConnectRoutes;
import io.foursight.runtime.http.Door;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The protocols of Connect: unary JSON and protobuf, and gRPC-Web beside gRPC.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectDoorsTest {
  private final Doors doors =
      new Doors(
          DoorsTest.config(-1, 1 << 20, 100),
          new TenantScope(false, false),
          new SimpleMeterRegistry());
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  void openDoors() {
    doors.addGrpc(Door.MAIN, ConnectDoorsTest::service);
    ConnectRoutes.add(
        doors,
        Door.MAIN,
        "test.v1.EchoService",
        "Echo",
        100,
        (call, message, json) -> {
          String text = new String(message, StandardCharsets.UTF_8);
          if (text.startsWith("FAIL ")) {
            throw new FoursightException(
                ErrorKind.valueOf(text.substring(5)), "it said \"" + text + "\"\n");
          }
          return ((json ? "json " : "proto ") + text).getBytes(StandardCharsets.UTF_8);
        });
    doors.start();
    doors.open();
  }

  @AfterAll
  void closeDoors() {
    http.close();
    doors.stop(Deadline.after(Duration.ofSeconds(5)));
  }

  private static ServerServiceDefinition service() {
    var bytes =
        new MethodDescriptor.Marshaller<byte[]>() {
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
    var method =
        MethodDescriptor.<byte[], byte[]>newBuilder(bytes, bytes)
            .setType(MethodType.UNARY)
            .setFullMethodName("test.v1.EchoService/Echo")
            .build();
    return ServerServiceDefinition.builder("test.v1.EchoService")
        .addMethod(
            method,
            ServerCalls.asyncUnaryCall((q, out) -> {
              if (q.length == 0) {
                throw FoursightException.badData("nothing said");
              }
              out.onNext(q);
              out.onCompleted();
            }))
        .build();
  }

  private HttpResponse<String> post(String type, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + doors.address(Door.MAIN).orElseThrow().getPort()
                        + "/test.v1.EchoService/Echo"))
            .header("content-type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1))
            .build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
  }

  @Test
  void jsonAndProtobuf_areAnsweredAsTheyCame() throws Exception {
    HttpResponse<String> json = post("application/json; charset=utf-8", "{}");
    assertThat(json.statusCode()).isEqualTo(200);
    assertThat(json.body()).isEqualTo("json {}");
    assertThat(json.headers().firstValue("content-type")).hasValue("application/json");
    HttpResponse<String> proto = post("application/proto", "x");
    assertThat(proto.body()).isEqualTo("proto x");
    assertThat(proto.headers().firstValue("content-type")).hasValue("application/proto");
  }

  @Test
  void everyKindOfError_hasItsCodeAndStatus() throws Exception {
    for (ErrorKind kind : ErrorKind.values()) {
      HttpResponse<String> answer = post("application/proto", "FAIL " + kind);
      int expected =
          switch (kind) {
            case BAD_DATA, TOO_LARGE, QUERY_LIMIT, EXECUTION, CONFLICT -> 400;
            case UNAUTHENTICATED -> 401;
            case NOT_FOUND -> 404;
            case UNSUPPORTED_MEDIA -> 415;
            case LIMIT_EXCEEDED -> 429;
            case CANCELED -> 499;
            case CORRUPT, INTERNAL -> 500;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case TIMEOUT -> 504;
          };
      assertThat(answer.statusCode()).as(kind.name()).isEqualTo(expected);
      assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
      assertThat(answer.body())
          .isEqualTo(
              "{\"code\":\""
                  + ConnectRoutes.code(kind)
                  + "\",\"message\":\"it said \\\"FAIL "
                  + kind
                  + "\\\"\\n\"}");
    }
  }

  @Test
  void otherTypesAre415_otherMethods405_tooMuchIs400() throws Exception {
    assertThat(post("text/plain", "x").statusCode()).isEqualTo(415);
    assertThat(post("application/json", "x".repeat(101)).statusCode()).isEqualTo(400);
    var get =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + doors.address(Door.MAIN).orElseThrow().getPort()
                        + "/test.v1.EchoService/Echo"))
            .build();
    assertThat(http.send(get, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  private static String frame(String message) {
    var bytes =
        ByteBuffer.allocate(5 + message.length())
            .put((byte) 0)
            .putInt(message.length())
            .put(message.getBytes(StandardCharsets.ISO_8859_1))
            .array();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void grpcWeb_hasItsTrailersInTheBody() throws Exception {
    HttpResponse<String> answer = post("application/grpc-web+proto", frame("hello"));
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/grpc-web+proto");
    assertThat(answer.body()).startsWith(frame("hello"));
    String trailers = answer.body().substring(10);
    assertThat(trailers.charAt(0)).isEqualTo((char) 0x80);
    assertThat(trailers.substring(5)).isEqualTo("grpc-status: 0\r\n");
    HttpResponse<String> failed = post("application/grpc-web+proto", frame(""));
    assertThat(failed.body()).contains("grpc-status: 3\r\n", "grpc-message: nothing said\r\n");
  }

  @Test
  void grpcWebAsText_isBase64() throws Exception {
    String text =
        Base64.getEncoder().encodeToString(frame("hello").getBytes(StandardCharsets.ISO_8859_1));
    HttpResponse<String> answer = post("application/grpc-web-text", text);
    assertThat(answer.body()).startsWith(text);
    assertThat(
            new String(
                Base64.getDecoder().decode(answer.body().substring(text.length())),
                StandardCharsets.ISO_8859_1))
        .endsWith("grpc-status: 0\r\n");
  }
}
