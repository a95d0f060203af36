package io.foursight.wire.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TraceContext;
import io.foursight.wire.rpc.WorkerProtocol.End;
import io.foursight.wire.rpc.WorkerProtocol.Frame;
import io.foursight.wire.rpc.WorkerProtocol.Hello;
import io.foursight.wire.rpc.WorkerProtocol.Work;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The pulling side: keeps a fixed number of streams open at a dispatcher, and answers one call on
/// each; a dispatcher that is not there is tried again and again. Started once, stopped once.
public final class WorkerClient {
  private static final long MIN_BACKOFF_MILLIS = 100;
  private static final long MAX_BACKOFF_MILLIS = 3_000;
  private static final int CLOSE_SECONDS = 10;

  private final Supplier<Channel> channel;
  private final MethodDescriptor<byte[], byte[]> work;
  private final CallOptions options;
  private final String name;
  private final Consumer<String> refused;
  private final int places;
  private final Map<String, RpcHandler> handlers = new HashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean stopping;
  private volatile String told = "";

  /// @param service the dispatcher's name, see [WorkerPool]
  /// @param name tells the dispatcher who this is
  /// @param places calls answered at once
  /// @param compression of frames, or empty
  /// @param refused told why a dispatcher that answers gives no work, when that changes
  public WorkerClient(
      Supplier<Channel> channel,
      String service,
      String name,
      int places,
      String compression,
      List<RpcService> services,
      Consumer<String> refused) {
    this.channel = channel;
    this.work = WorkerProtocol.work(service);
    this.name = name;
    this.refused = refused;
    this.places = places;
    this.options =
        compression.isEmpty()
            ? CallOptions.DEFAULT
            : CallOptions.DEFAULT.withCompression(compression);
    services.forEach(
        each -> each.handlers().forEach((method, h) -> handlers.put(method.fullName(), h)));
  }

  public synchronized void start() {
    for (int i = 0; i < places; i++) {
      var lane = new Lane();
      lanes.add(lane);
      threads.add(Thread.ofVirtual().name("worker-" + i).start(lane::loop));
    }
  }

  /// Takes no more calls and waits for those under way.
  public synchronized void stop(Deadline deadline) {
    stopping = true;
    stopped.countDown();
    lanes.forEach(Lane::stopWaiting);
    for (Thread thread : threads) {
      try {
        thread.join(deadline.remaining());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    lanes.forEach(Lane::abort);
  }

  /// A dispatcher that is away is no news; one that refuses is, once.
  private void tellOnce(Throwable failure) {
    if (failure instanceof FoursightException e
        && e.kind() != ErrorKind.UNAVAILABLE
        && !e.getMessage().equals(told)) {
      told = e.getMessage();
      refused.accept(told);
    }
  }

  /// One place: a stream after the other.
  private final class Lane {
    private Optional<Session> session = Optional.empty();

    void loop() {
      long backoff = MIN_BACKOFF_MILLIS;
      while (!stopping) {
        boolean worked = false;
        try {
          var next = new Session();
          synchronized (this) {
            if (stopping) {
              return;
            }
            session = Optional.of(next);
          }
          worked = next.serve();
        } catch (FoursightException e) {
          // The dispatcher is not there, or its address is not: tried again.
        } catch (InterruptedException e) {
          return;
        }
        try {
          if (!worked && stopped.await(backoff, TimeUnit.MILLISECONDS)) {
            return;
          }
        } catch (InterruptedException e) {
          return;
        }
        backoff = worked ? MIN_BACKOFF_MILLIS : Math.min(MAX_BACKOFF_MILLIS, 2 * backoff);
      }
    }

    synchronized void stopWaiting() {
      session.ifPresent(Session::stopWaiting);
    }

    synchronized void abort() {
      session.ifPresent(Session::abort);
    }
  }

  /// One stream.
  private final class Session extends ClientCall.Listener<byte[]> {
    private final CompletableFuture<Work> work = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SendGate gate = new SendGate();
    private final ClientCall<byte[], byte[]> call;

    Session() {
      call = channel.get().newCall(WorkerClient.this.work, options);
      call.start(this, new Metadata());
      call.request(2);
      call.sendMessage(WorkerProtocol.encode(new Hello(name, WireVersion.CURRENT)));
    }

    @Override
    public void onMessage(byte[] message) {
      work.complete(WorkerProtocol.work(message));
    }

    @Override
    public void onReady() {
      gate.wake();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      work.completeExceptionally(RpcErrors.received(status, trailers, "dispatcher"));
      closed.countDown();
      gate.cancel();
    }

    void stopWaiting() {
      if (work.completeExceptionally(FoursightException.unavailable("stopping"))) {
        call.cancel("stopping", null);
      }
    }

    void abort() {
      call.cancel("stopped", null);
    }

    /// @return whether there was a call to answer
    boolean serve() throws InterruptedException {
      Work given;
      try {
        given = work.get();
      } catch (ExecutionException e) {
        tellOnce(e.getCause());
        return false;
      }
      Optional<FoursightException> failure = Optional.empty();
      try {
        RpcHandler handler = handlers.get(given.method());
        if (handler == null) {
          throw new FoursightException(
              ErrorKind.UNIMPLEMENTED, "this querier has no method " + given.method());
        }
        TraceContext.run(given.trace(), () -> handler.handle(new Given(given)));
      } catch (RuntimeException | Error e) {
        failure =
            Optional.of(
                e instanceof FoursightException known
                    ? known
                    : new FoursightException(
                        ErrorKind.INTERNAL, "internal error: " + e.getClass().getSimpleName(), e));
      }
      if (!gate.isCanceled()) {
        call.sendMessage(WorkerProtocol.encode(new End(failure)));
        call.halfClose();
        // Until the dispatcher has it all, a cancellation could overtake it.
        boolean unused = closed.await(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
      return true;
    }

    private final class Given implements RpcHandler.Call {
      private final Work work;
      private final Deadline deadline;

      Given(Work work) {
        this.work = work;
        this.deadline =
            work.millis() == 0 ? Deadline.NONE : Deadline.after(Duration.ofMillis(work.millis()));
      }

      @Override
      public byte[] request() {
        return work.request();
      }

      @Override
      public Deadline deadline() {
        return deadline;
      }

      @Override
      public void onCancel(Runnable action) {
        gate.onCancel(action);
      }

      @Override
      public void send(byte[] frame) {
        gate.await(call::isReady);
        call.sendMessage(WorkerProtocol.encode(new Frame(frame)));
      }
    }
  }
}
