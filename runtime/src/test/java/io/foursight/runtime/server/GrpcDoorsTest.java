package io.foursight.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.GrpcTenant;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The same service behind every kind of gRPC door: beside HTTP (the adapter), and on the doors
/// that speak gRPC alone. What a client sees must not depend on the door.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcDoorsTest {
  private final Doors doors =
      new Doors(
          DoorsTest.config(-1, 1 << 20, 100),
          new TenantScope(true, false),
          new SimpleMeterRegistry());
  private final AtomicInteger sent = new AtomicInteger();
  private volatile CountDownLatch cancelled;
  private volatile CountDownLatch release;
  private ManagedChannel channel;

  @BeforeAll
  void openDoors() {
    for (Door door : List.of(Door.MAIN, Door.OTLP_GRPC, Door.INTERNAL_GRPC)) {
      doors.addGrpc(door, this::service);
    }
    doors.start();
    doors.open();
  }

  @AfterAll
  void closeDoors() {
    doors.stop(Deadline.after(Duration.ofSeconds(5)));
  }

  @BeforeEach
  void renew() {
    cancelled = new CountDownLatch(1);
    release = new CountDownLatch(1);
  }

  @AfterEach
  void close() {
    release.countDown();
    channel.shutdownNow();
  }

  private static MethodDescriptor<String, String> method(String name, MethodType type) {
    var text =
        new MethodDescriptor.Marshaller<String>() {
          @Override
          public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
          }

          @Override
          public String parse(InputStream stream) {
            try {
              return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    return MethodDescriptor.<String, String>newBuilder(text, text)
        .setType(type)
        .setFullMethodName("test.Echo/" + name)
        .build();
  }

  private static final MethodDescriptor<String, String> TENANT = method("Tenant", MethodType.UNARY);
  private static final MethodDescriptor<String, String> FAIL = method("Fail", MethodType.UNARY);
  private static final MethodDescriptor<String, String> HANG = method("Hang", MethodType.UNARY);
  private static final MethodDescriptor<String, String> COUNT =
      method("Count", MethodType.SERVER_STREAMING);
  private static final MethodDescriptor<String, String> ENDLESS =
      method("Endless", MethodType.SERVER_STREAMING);

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(
            TENANT,
            ServerCalls.asyncUnaryCall(
                (q, out) -> answer(out, q + " of " + GrpcTenant.current().value())))
        .addMethod(
            FAIL,
            ServerCalls.asyncUnaryCall((q, out) -> {
              throw new FoursightException(ErrorKind.valueOf(q), "because of " + q);
            }))
        .addMethod(
            HANG,
            ServerCalls.asyncUnaryCall((q, out) -> {
              Context.current().addListener(c -> cancelled.countDown(), Runnable::run);
              try {
                release.await(30, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }))
        .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(this::count))
        .addMethod(ENDLESS, ServerCalls.asyncServerStreamingCall(this::endless))
        .build();
  }

  private static void answer(StreamObserver<String> out, String text) {
    out.onNext(text);
    out.onCompleted();
  }

  private void count(String to, StreamObserver<String> out) {
    for (int i = 0; i < Integer.parseInt(to); i++) {
      out.onNext("message " + i);
    }
    out.onCompleted();
  }

  /// Until the client is gone.
  private void endless(String text, StreamObserver<String> out) {
    var call = (ServerCallStreamObserver<String>) out;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!call.isCancelled() && System.nanoTime() < end) {
      if (call.isReady()) {
        call.onNext(text);
        sent.incrementAndGet();
      } else {
        Thread.yield();
      }
    }
    cancelled.countDown();
  }

  private void connect(Door door) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", doors.address(door).orElseThrow().getPort())
            .usePlaintext()
            .build();
  }

  private String call(MethodDescriptor<String, String> method, CallOptions options, String q) {
    return ClientCalls.blockingUnaryCall(channel, method, options, q);
  }

  private String as(String tenant, String q) {
    var metadata = new Metadata();
    metadata.put(Metadata.Key.of("x-scope-orgid", Metadata.ASCII_STRING_MARSHALLER), tenant);
    ClientInterceptor header = MetadataUtils.newAttachHeadersInterceptor(metadata);
    return ClientCalls.blockingUnaryCall(
        io.grpc.ClientInterceptors.intercept(channel, header), TENANT, CallOptions.DEFAULT, q);
  }

  private static Status.Code code(Throwable e) {
    return ((StatusRuntimeException) e).getStatus().getCode();
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIN", "OTLP_GRPC", "INTERNAL_GRPC"})
  void tenant_comesFromTheMetadata(Door door) {
    connect(door);
    assertThat(as("team-a", "x")).isEqualTo("x of team-a");
    assertThatThrownBy(() -> as("a/b", "x"))
        .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.INVALID_ARGUMENT));
    assertThatThrownBy(() -> call(TENANT, CallOptions.DEFAULT, "x"))
        .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.UNAUTHENTICATED));
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIN", "OTLP_GRPC", "INTERNAL_GRPC"})
  void stream_arrivesWholeAndInOrder(Door door) {
    connect(door);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      expected.add("message " + i);
    }
    Iterator<String> stream =
        ClientCalls.blockingServerStreamingCall(channel, COUNT, CallOptions.DEFAULT, "300");
    List<String> received = new ArrayList<>();
    stream.forEachRemaining(received::add);
    assertThat(received).isEqualTo(expected);
    assertThat(ClientCalls.blockingServerStreamingCall(channel, COUNT, CallOptions.DEFAULT, "0"))
        .isExhausted();
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIN", "OTLP_GRPC", "INTERNAL_GRPC"})
  void deadline_endsTheCallOnBothSides(Door door) throws InterruptedException {
    connect(door);
    assertThatThrownBy(() ->
            call(HANG, CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS), "x"))
        .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIN", "OTLP_GRPC", "INTERNAL_GRPC"})
  void clientThatLeaves_stopsTheStream(Door door) throws InterruptedException {
    connect(door);
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(() -> {
      Iterator<String> stream =
          ClientCalls.blockingServerStreamingCall(
              channel, ENDLESS, CallOptions.DEFAULT, "x".repeat(1000));
      assertThat(stream.next()).hasSize(1000);
    });
    context.cancel(null);
    assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    int after = sent.get();
    await().during(Duration.ofMillis(200)).until(() -> sent.get() == after);
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIN", "OTLP_GRPC", "INTERNAL_GRPC"})
  void failures_haveTheStatusOfTheirKind(Door door) {
    connect(door);
    for (ErrorKind kind :
        List.of(
            ErrorKind.BAD_DATA,
            ErrorKind.LIMIT_EXCEEDED,
            ErrorKind.UNAVAILABLE,
            ErrorKind.NOT_FOUND,
            ErrorKind.INTERNAL)) {
      assertThatThrownBy(() -> call(FAIL, CallOptions.DEFAULT, kind.name()))
          .hasMessageContaining("because of " + kind)
          .satisfies(e -> assertThat(code(e)).isEqualTo(StatusTable.grpc(kind)));
    }
    assertThatThrownBy(() -> call(method("Nothing", MethodType.UNARY), CallOptions.DEFAULT, "x"))
        .satisfies(e -> assertThat(code(e)).isEqualTo(Status.Code.UNIMPLEMENTED));
  }
}
