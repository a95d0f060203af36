package io.foursight.wire.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TraceContext;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The promises of a call, over a real socket.
@Timeout(30)
class RpcTest {
  private static final RpcMethod METHOD = new RpcMethod("test.Service", "Do");
  private static final CallScope SCOPE = CallScope.of(Deadline.after(Duration.ofSeconds(20)));

  private static Loopback serving(RpcHandler handler) {
    return new Loopback(new RpcService("test.Service").on(METHOD, handler));
  }

  @Test
  void frames_arriveInOrderAndTheStreamEnds() {
    try (var loopback =
        serving(call -> {
          for (byte i = 0; i < 100; i++) {
            call.send(new byte[] {call.request()[0], i});
          }
        })) {
      try (RpcStream stream = loopback.caller().call(METHOD, new byte[] {7}, SCOPE)) {
        for (byte i = 0; i < 100; i++) {
          assertThat(stream.next()).hasValueSatisfying(f -> assertThat(f[0]).isEqualTo((byte) 7));
        }
        assertThat(stream.next()).isEmpty();
        assertThat(stream.next()).isEmpty();
      }
    }
  }

  /// The status code alone could not tell `EXECUTION` from `BAD_DATA`.
  @ParameterizedTest
  @EnumSource(ErrorKind.class)
  void aFailure_keepsItsKindAndMessage(ErrorKind kind) {
    try (var loopback =
        serving(call -> {
          throw new FoursightException(kind, "what: é \n 100%");
        })) {
      assertThatThrownBy(() -> loopback.caller().call(METHOD, new byte[0], SCOPE).next())
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(kind))
          .hasMessage("what: é \n 100%");
    }
  }

  @Test
  void aFailureBehindFrames_comesAfterThem() {
    try (var loopback =
            serving(call -> {
              call.send(new byte[] {1});
              throw new IllegalStateException("bug");
            });
        RpcStream stream = loopback.caller().call(METHOD, new byte[0], SCOPE)) {
      assertThat(stream.next()).isPresent();
      assertThatThrownBy(stream::next)
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INTERNAL));
    }
  }

  /// A slow reader must not make the writer fill memory.
  @Test
  void aWriter_waitsForItsReader() throws Exception {
    var sent = new AtomicInteger();
    byte[] frame = new byte[1 << 20];
    new java.util.Random(1).nextBytes(frame);
    try (var loopback =
            serving(call -> {
              for (int i = 0; i < 1000; i++) {
                call.send(frame);
                sent.incrementAndGet();
              }
            });
        RpcStream stream = loopback.caller().call(METHOD, new byte[0], SCOPE)) {
      assertThat(stream.next()).isPresent();
      int before = -1;
      while (before != sent.get()) {
        before = sent.get();
        TimeUnit.MILLISECONDS.sleep(300);
      }
      assertThat(before).isLessThan(30);
      assertThat(stream.next())
          .hasValueSatisfying(f -> assertThat(Arrays.equals(f, frame)).isTrue());
    }
  }

  @Test
  void closingEarly_cancelsTheHandler() throws Exception {
    var canceled = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    try (var loopback =
        serving(call -> {
          call.onCancel(canceled::countDown);
          try {
            while (true) {
              call.send(new byte[1 << 16]);
            }
          } finally {
            ended.countDown();
          }
        })) {
      try (RpcStream stream = loopback.caller().call(METHOD, new byte[0], SCOPE)) {
        stream.next();
      }
      assertThat(canceled.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void theDeadline_travelsAndEndsTheCall() {
    try (var loopback =
        serving(call -> {
          assertThat(call.deadline().remaining()).isLessThan(Duration.ofSeconds(2));
          var never = new CountDownLatch(1);
          call.onCancel(never::countDown);
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        })) {
      CallScope scope = CallScope.of(Deadline.after(Duration.ofMillis(300)));
      assertThatThrownBy(() -> loopback.caller().call(METHOD, new byte[0], scope).next())
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT));
    }
  }

  @Test
  void aCanceledBudget_endsTheWait() {
    var budget = new QueryBudget(0, 0, Deadline.NONE);
    try (var loopback =
        serving(call -> {
          budget.cancel();
          call.onCancel(() -> {});
          call.send(new byte[0]);
          while (true) {
            call.send(new byte[1 << 10]);
          }
        })) {
      try (RpcStream stream = loopback.caller().call(METHOD, new byte[0], CallScope.of(budget))) {
        assertThatThrownBy(
                () -> {
                  while (stream.next().isPresent()) {
                    budget.check();
                  }
                })
            .isInstanceOfSatisfying(
                FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELED));
      }
    }
  }

  @Test
  void aPeerThatGoesAway_isUnavailable() {
    try (var loopback =
            serving(call -> {
              call.send(new byte[] {1});
              var never = new CountDownLatch(1);
              call.onCancel(never::countDown);
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
        RpcStream stream = loopback.caller().call(METHOD, new byte[0], SCOPE)) {
      assertThat(stream.next()).isPresent();
      loopback.kill();
      assertThatThrownBy(stream::next)
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
      assertThatThrownBy(() -> loopback.caller().call(METHOD, new byte[0], SCOPE).next())
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
    }
  }

  @Test
  void neighbouringReleases_understandEachOther_othersAreToldBothVersions() {
    for (int version : new int[] {0, WireVersion.CURRENT - 1, WireVersion.CURRENT + 1}) {
      assertThat(WireVersion.refusal(version)).isEmpty();
    }
    var headers = new Metadata();
    headers.put(WireVersion.HEADER, String.valueOf(WireVersion.CURRENT + 2));
    assertThat(WireVersion.refusal(headers))
        .get()
        .asString()
        .contains("speaks wire version " + (WireVersion.CURRENT + 2))
        .contains("this one " + WireVersion.CURRENT);
    var wrong = new Metadata();
    wrong.put(WireVersion.HEADER, "one");
    assertThat(WireVersion.refusal(wrong)).isPresent();
    assertThat(WireVersion.refusal(new Metadata())).isEmpty();
    assertThat(WireVersion.refusal(WireVersion.header())).isEmpty();
  }

  /// Over the network the caller sees the peer's words, not an internal error.
  @Test
  void aCallerOfAReleaseTooFarAway_isRefusedBeforeItsMessageIsLookedAt() {
    var asked = new AtomicInteger();
    try (var loopback = serving(call -> asked.incrementAndGet())) {
      assertThatThrownBy(() ->
              loopback.caller(WireVersion.CURRENT + 2).call(METHOD, new byte[0], SCOPE).next())
          .isInstanceOfSatisfying(
              FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
          .hasMessageContaining("update this process first");
      assertThat(asked).hasValue(0);
    }
  }

  @Test
  void theTraceOfARequest_reachesTheHandler() {
    String header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    try (var loopback = serving(call -> call.send(TraceContext.currentId().getBytes(UTF_8)))) {
      TraceContext.run(
          TraceContext.of(Optional.of(header)),
          () ->
              assertThat(loopback.caller().call(METHOD, new byte[0], SCOPE).single())
                  .asString(UTF_8)
                  .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736"));
      assertThat(loopback.caller().call(METHOD, new byte[0], SCOPE).single()).isEmpty();
    }
  }
}
