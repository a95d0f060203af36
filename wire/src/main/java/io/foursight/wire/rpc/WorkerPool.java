package io.foursight.wire.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.TraceContext;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Calls that workers pull: whoever is free takes the next, so that a slow worker takes less.
/// Served by the side that has the work. A call whose worker goes away before its first frame is
/// given to another one. Safe from any thread.
public final class WorkerPool implements RpcCaller, BindableService {
  /// For calls that end by themselves.
  public static final String QUERIES = "foursight.v1.Dispatcher";

  /// For calls that hold their place until the client goes.
  public static final String FOLLOWERS = "foursight.v1.FollowDispatcher";

  private static final long GLANCE_MILLIS = 50;
  private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final int MAX_ATTEMPTS = 5;
  private static final long LONG_MILLIS = Duration.ofDays(1).toMillis();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Worker> idle = new ArrayDeque<>();
  private final Set<Worker> busy = new HashSet<>();

  /// When a stream of each worker last ended, by name.
  private final Map<String, Long> left = new HashMap<>();

  private final String service;
  private final ToIntFunction<String> shardSizes;
  private final IntConsumer workers;
  private int reported;
  private boolean closed;

  /// @param service the name that workers ask for: calls that must not take each other's places go
  ///   through pools of different names
  /// @param workers told how many calls can run at once, whenever that changes
  public WorkerPool(String service, IntConsumer workers) {
    this(service, tenants -> 0, workers);
  }

  /// @param shardSizes for tenants joined by `|`: how many workers, by name, take their calls; 0 =
  ///   all. Always the same ones while they stay
  public WorkerPool(String service, ToIntFunction<String> shardSizes, IntConsumer workers) {
    this.service = service;
    this.shardSizes = shardSizes;
    this.workers = workers;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(service)
        .addMethod(WorkerProtocol.work(service), (call, headers) -> new Worker(call))
        .build();
  }

  /// Sends waiting workers away, and those that come later; calls under way end as they would.
  public void close() {
    List<Worker> waiting;
    lock.lock();
    try {
      closed = true;
      waiting = List.copyOf(idle);
    } finally {
      lock.unlock();
    }
    waiting.forEach(Worker::sendAway);
  }

  /// Calls that can run at once now.
  public int size() {
    lock.lock();
    try {
      return idle.size() + busy.size();
    } finally {
      lock.unlock();
    }
  }

  /// Calls of these tenants that can run at once now.
  ///
  /// @param tenants joined by `|`
  public int size(String tenants) {
    lock.lock();
    try {
      Optional<Set<String>> shard = shard(tenants);
      if (shard.isEmpty()) {
        return idle.size() + busy.size();
      }
      return (int)
          Stream.concat(idle.stream(), busy.stream())
              .filter(worker -> shard.get().contains(worker.name))
              .count();
    } finally {
      lock.unlock();
    }
  }

  /// Names of those who work for these tenants; empty = all do. As in the rings' shuffle shards,
  /// the order is by a hash of tenant and name, so that a shard changes by exactly who comes or
  /// goes.
  private Optional<Set<String>> shard(String tenants) {
    int size = shardSizes.applyAsInt(tenants);
    Set<String> names = new TreeSet<>();
    if (size > 0) {
      idle.forEach(worker -> names.add(worker.name));
      busy.forEach(worker -> names.add(worker.name));
      // A worker whose streams have all just ended is about to open others.
      long now = System.nanoTime();
      left.values().removeIf(ended -> now - ended > REMEMBERED_NANOS);
      names.addAll(left.keySet());
    }
    return size <= 0 || size >= names.size()
        ? Optional.empty()
        : Optional.of(
            names.stream()
                .sorted(Comparator.comparingLong(name -> score(tenants, name)))
                .limit(size)
                .collect(Collectors.toSet()));
  }

  private static long score(String tenants, String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : (tenants + '\n' + name).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
    return hash ^ hash >>> 29;
  }

  /// An idle worker that may take calls of these tenants.
  private Optional<Worker> pick(String tenants) {
    Optional<Set<String>> shard = idle.isEmpty() ? Optional.empty() : shard(tenants);
    if (shard.isEmpty()) {
      return Optional.ofNullable(idle.poll());
    }
    for (Worker worker : idle) {
      if (shard.get().contains(worker.name)) {
        idle.remove(worker);
        return Optional.of(worker);
      }
    }
    return Optional.empty();
  }

  @Override
  public RpcStream call(RpcMethod method, byte[] request, CallScope scope) {
    return new Pulled(method, request, scope);
  }

  private Worker take(CallScope scope) {
    Deadline patience = scope.deadline().earliest(Deadline.after(MAX_WAIT));
    lock.lock();
    try {
      Optional<Worker> picked = pick(scope.tenants());
      while (picked.isEmpty()) {
        scope.check().run();
        if (patience.expired()) {
          throw FoursightException.unavailable(
              busy.isEmpty() && idle.isEmpty()
                  ? "no querier is connected (querier.frontend_address must name this process)"
                  : "all " + busy.size() + " queriers' places are taken");
        }
        boolean unused = changed.await(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
        picked = pick(scope.tenants());
      }
      busy.add(picked.get());
      return picked.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FoursightException(ErrorKind.CANCELED, "interrupted while waiting", e);
    } finally {
      lock.unlock();
    }
  }

  private void arrived(Worker worker) {
    boolean welcome;
    lock.lock();
    try {
      welcome = !closed;
      if (welcome) {
        idle.add(worker);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    if (welcome) {
      report();
    } else {
      worker.sendAway();
    }
  }

  private void gone(Worker worker) {
    lock.lock();
    try {
      boolean known = idle.remove(worker) | busy.remove(worker);
      if (known) {
        left.put(worker.name, System.nanoTime());
      }
    } finally {
      lock.unlock();
    }
    report();
  }

  private void report() {
    int now = size();
    synchronized (workers) {
      if (now != reported) {
        reported = now;
        workers.accept(now);
      }
    }
  }

  /// One stream of a worker: idle, then one call, then over.
  private final class Worker extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> call;
    private volatile Optional<FrameQueue> frames = Optional.empty();
    private volatile String name = "a querier";
    private boolean over;

    Worker(ServerCall<byte[], byte[]> call) {
      this.call = call;
      call.sendHeaders(new Metadata());
      call.request(1);
    }

    void begin(WorkerProtocol.Work work, FrameQueue queue) {
      frames = Optional.of(queue);
      synchronized (this) {
        if (over) {
          queue.end(Optional.of(lost()));
          return;
        }
        call.sendMessage(WorkerProtocol.encode(work));
      }
      call.request(FrameQueue.AHEAD);
    }

    private FoursightException lost() {
      return FoursightException.unavailable(name + " went away");
    }

    @Override
    public void onMessage(byte[] message) {
      switch (WorkerProtocol.fromWorker(message)) {
        case WorkerProtocol.Hello(String worker, int version) -> hello(worker, version);
        case WorkerProtocol.Frame(byte[] bytes) -> frames.ifPresent(q -> q.frame(bytes));
        case WorkerProtocol.End(Optional<FoursightException> failure) -> {
          frames.ifPresent(q -> q.end(failure));
          finish(Status.OK);
        }
      }
    }

    private void hello(String worker, int version) {
      name = worker;
      Optional<FoursightException> refusal = WireVersion.refusal(version);
      if (refusal.isEmpty()) {
        arrived(this);
        return;
      }
      synchronized (this) {
        over = true;
      }
      call.close(RpcErrors.status(refusal.get()), RpcErrors.trailers(refusal.get()));
    }

    @Override
    public void onHalfClose() {
      finish(Status.OK);
    }

    @Override
    public void onCancel() {
      synchronized (this) {
        over = true;
      }
      gone(this);
      // Behind a proper end nobody reads this.
      frames.ifPresent(q -> q.end(Optional.of(lost())));
    }

    void sendAway() {
      finish(Status.UNAVAILABLE.withDescription("this process is stopping"));
    }

    void finish(Status status) {
      synchronized (this) {
        if (over) {
          return;
        }
        over = true;
        call.close(status, new Metadata());
      }
      gone(this);
      frames.ifPresent(q -> q.end(Optional.of(lost())));
    }
  }

  /// A call on its worker, or on the next one.
  private final class Pulled implements RpcStream {
    private final RpcMethod method;
    private final byte[] request;
    private final CallScope scope;
    private Worker worker;
    private FrameQueue frames;
    private boolean begun;
    private int attempts;

    Pulled(RpcMethod method, byte[] request, CallScope scope) {
      this.method = method;
      this.request = request;
      this.scope = scope;
      submit();
    }

    private void submit() {
      attempts++;
      worker = take(scope);
      Worker taken = worker;
      frames = new FrameQueue(scope, taken.call::request);
      long millis = scope.deadline().remaining().toMillis();
      taken.begin(
          new WorkerProtocol.Work(
              method.fullName(),
              request,
              millis > LONG_MILLIS ? 0 : Math.max(1, millis),
              TraceContext.current()),
          frames);
    }

    @Override
    public Optional<byte[]> next() {
      while (true) {
        try {
          Optional<byte[]> frame = frames.next();
          begun = true;
          return frame;
        } catch (FoursightException e) {
          boolean again = !begun && e.kind() == ErrorKind.UNAVAILABLE && attempts < MAX_ATTEMPTS;
          close();
          if (!again) {
            throw e;
          }
          scope.check().run();
          submit();
        }
      }
    }

    @Override
    public void close() {
      if (!frames.ended()) {
        worker.finish(Status.CANCELLED);
      }
    }
  }
}
