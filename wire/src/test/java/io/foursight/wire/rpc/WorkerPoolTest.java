package io.foursight.wire.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TraceContext;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Work goes to whoever is free, and survives whoever goes away.
@Timeout(60)
class WorkerPoolTest {
  private static final RpcMethod METHOD = new RpcMethod("test.Service", "Do");

  private final WorkerPool pool =
      new WorkerPool(WorkerPool.QUERIES, tenants -> tenants.equals("two") ? 2 : 0, n -> {});
  private final CallScope inTime = CallScope.of(Deadline.after(Duration.ofSeconds(50)));
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<WorkerClient> clients = new ArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private Server server;

  @BeforeEach
  void open() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(task -> Thread.ofVirtual().start(task))
            .addService(pool)
            .build()
            .start();
  }

  @AfterEach
  void close() {
    clients.forEach(client -> client.stop(Deadline.after(Duration.ofMillis(100))));
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
  }

  /// @return its connection, to cut
  private ManagedChannel worker(String name, int places, RpcHandler handler) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(server.getListenSockets().getFirst())
            .usePlaintext()
            .directExecutor()
            .build();
    channels.add(channel);
    var client =
        new WorkerClient(
            () -> channel,
            WorkerPool.QUERIES,
            name,
            places,
            "",
            List.of(new RpcService("test.Service").on(METHOD, handler)),
            refusals::add);
    clients.add(client);
    int before = pool.size();
    client.start();
    Awaitility.await().until(() -> pool.size() >= before + places);
    return channel;
  }

  private byte[] ask() {
    return pool.call(METHOD, new byte[] {1}, inTime).single();
  }

  private static void blockUntilCanceled(RpcHandler.Call call) {
    var canceled = new CountDownLatch(1);
    call.onCancel(canceled::countDown);
    try {
      canceled.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void calls_areAnsweredOneAfterTheOther_andManyAtOnce() throws Exception {
    worker("w", 2, call -> call.send(call.request()));
    for (int i = 0; i < 50; i++) {
      assertThat(ask()).containsExactly(1);
    }
    var done = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 20; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            ask();
            done.incrementAndGet();
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(done).hasValue(20);
  }

  @Test
  void aFailure_keepsItsKindAndMessage_andIsNotTriedAgain() {
    var calls = new AtomicInteger();
    worker(
        "w",
        1,
        call -> {
          calls.incrementAndGet();
          throw new FoursightException(ErrorKind.QUERY_LIMIT, "too much: é");
        });
    assertThatThrownBy(this::ask)
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.QUERY_LIMIT))
        .hasMessage("too much: é");
    assertThat(calls).hasValue(1);
  }

  @Test
  void aWorkerThatDies_hasItsCallAnsweredByAnother() throws Exception {
    var taken = new CountDownLatch(1);
    ManagedChannel dying =
        worker(
            "dying",
            1,
            call -> {
              taken.countDown();
              blockUntilCanceled(call);
            });
    var answer = new java.util.concurrent.CompletableFuture<byte[]>();
    Thread.startVirtualThread(() -> answer.complete(ask()));
    assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
    worker("living", 1, call -> call.send(new byte[] {9}));
    dying.shutdownNow();
    assertThat(answer.get(20, TimeUnit.SECONDS)).containsExactly(9);
  }

  @Test
  void aSlowWorker_takesLess() {
    var slow = new AtomicInteger();
    var fast = new AtomicInteger();
    worker(
        "slow",
        1,
        call -> {
          slow.incrementAndGet();
          try {
            TimeUnit.MILLISECONDS.sleep(500);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          call.send(call.request());
        });
    worker(
        "fast",
        1,
        call -> {
          fast.incrementAndGet();
          call.send(call.request());
        });
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 60; i++) {
      threads.add(Thread.startVirtualThread(this::ask));
    }
    threads.forEach(thread -> {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    assertThat(fast.get() + slow.get()).isEqualTo(60);
    assertThat(fast.get()).isGreaterThan(2 * slow.get());
  }

  @Test
  void aCanceledCaller_cancelsTheWorker_whoseplaceIsFreeAgain() {
    var canceled = new CountDownLatch(1);
    var budget = new QueryBudget(0, 0, Deadline.NONE);
    var calls = new AtomicInteger();
    worker(
        "w",
        1,
        call -> {
          if (calls.incrementAndGet() == 1) {
            budget.cancel();
            blockUntilCanceled(call);
            canceled.countDown();
          } else {
            call.send(call.request());
          }
        });
    assertThatThrownBy(() -> pool.call(METHOD, new byte[0], CallScope.of(budget)).single())
        .isInstanceOfSatisfying(
            FoursightException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELED));
    Awaitility.await().until(() -> canceled.getCount() == 0);
    assertThat(ask()).containsExactly(1);
  }

  @Test
  void aWorkerThatStops_finishesWhatItHas() throws Exception {
    var taken = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    worker(
        "w",
        2,
        call -> {
          taken.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          call.send(call.request());
        });
    var answer = new java.util.concurrent.CompletableFuture<byte[]>();
    Thread.startVirtualThread(() -> answer.complete(ask()));
    assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
    Thread stopping =
        Thread.startVirtualThread(
            () -> clients.getFirst().stop(Deadline.after(Duration.ofSeconds(20))));
    Awaitility.await().until(() -> pool.size() == 1);
    go.countDown();
    assertThat(answer.get(10, TimeUnit.SECONDS)).containsExactly(1);
    stopping.join();
    Awaitility.await().until(() -> pool.size() == 0);
  }

  /// Its messages might be misunderstood; it must say so, and nobody's query may wait for it.
  @Test
  void aWorkerOfAReleaseTooFarAway_getsNoWork_andIsToldBothVersions() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(server.getListenSockets().getFirst())
            .usePlaintext()
            .directExecutor()
            .build();
    channels.add(channel);
    var told = new CompletableFuture<Status>();
    ClientCall<byte[], byte[]> call =
        channel.newCall(WorkerProtocol.work(WorkerPool.QUERIES), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            told.complete(status.withCause(RpcErrors.received(status, trailers, "pool")));
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(WorkerProtocol.encode(new WorkerProtocol.Hello("future", 3)));
    assertThat(told.get(20, TimeUnit.SECONDS).getCause())
        .hasMessageContaining("speaks wire version 3, this one 1")
        .hasMessageContaining("update this process first");
    assertThat(pool.size()).isZero();
    worker("neighbour", 1, c -> c.send(c.request()));
    assertThat(ask()).containsExactly(1);
    assertThat(refusals).isEmpty();
  }

  @Test
  void aTenantsShard_isAlwaysTheSameWorkers_andGrowsAgainWhenOneGoes() {
    var answered = new CopyOnWriteArrayList<String>();
    for (int i = 0; i < 5; i++) {
      String name = "w" + i;
      worker(
          name,
          2,
          call -> {
            answered.add(name);
            call.send(call.request());
          });
    }
    CallScope scope = inTime.of(List.of(new TenantId("two")));
    for (int i = 0; i < 40; i++) {
      pool.call(METHOD, new byte[] {1}, scope).single();
    }
    Set<String> shard = Set.copyOf(answered);
    assertThat(shard).hasSizeBetween(1, 2);
    Awaitility.await().until(() -> pool.size("two") == 4);
    Awaitility.await().until(() -> pool.size("all") == 10);
    String gone = answered.getFirst();
    int index = Integer.parseInt(gone.substring(1));
    channels.get(index).shutdownNow();
    Awaitility.await().until(() -> pool.size() == 8);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> pool.size("two") == 4);
    answered.clear();
    for (int i = 0; i < 40; i++) {
      pool.call(METHOD, new byte[] {1}, scope).single();
    }
    assertThat(answered).isNotEmpty().doesNotContain(gone);
    assertThat(Set.copyOf(answered)).hasSizeBetween(1, 2);
    answered.clear();
    for (int i = 0; i < 200; i++) {
      ask();
    }
    assertThat(Set.copyOf(answered)).hasSize(4);
  }

  @Test
  void theTraceOfACall_goesToItsWorker() throws Exception {
    worker("w", 1, call -> call.send(TraceContext.currentId().getBytes(UTF_8)));
    TraceContext.run(
        TraceContext.of(Optional.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")),
        () -> assertThat(ask()).asString(UTF_8).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736"));
    assertThat(ask()).isEmpty();
  }

  /// Why it matters: a frontend that stops would wait for workers that wait for it.
  @Test
  void aPoolThatCloses_sendsWaitingWorkersAway_andFinishesWhatItHas() throws Exception {
    var taken = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    worker(
        "w",
        3,
        call -> {
          taken.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          call.send(call.request());
        });
    var answer = new java.util.concurrent.CompletableFuture<byte[]>();
    Thread.startVirtualThread(() -> answer.complete(ask()));
    assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
    server.shutdown();
    pool.close();
    Awaitility.await().until(() -> pool.size() == 1);
    assertThat(server.isTerminated()).isFalse();
    go.countDown();
    assertThat(answer.get(10, TimeUnit.SECONDS)).containsExactly(1);
    assertThat(server.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }
}
