package io.foursight.wire.logs.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.LogsTailRunner;
import io.foursight.model.logs.LogsTailRunner.Batch;
import io.foursight.model.logs.LogsTailRunner.Request;
import io.foursight.model.logs.LogsTailRunner.Tail;
import io.foursight.model.logs.LogsTailSource.Dropped;
import io.foursight.wire.logs.rpc.LogsResultCodec.StreamList;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.FrameFeed;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.rpc.RpcStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Serves followed queries, and is the stub of who does. A service of its own, since a followed
/// query holds its worker until the client goes. The first frame is empty and says that the query
/// is good; a frame then is a batch, or a part of one.
///
/// ```
/// asked   1 string tenant, once for each   2 string query   3 sint start   4 varint limit
///         5 varint memory bound            6 varint samples bound
/// frame   1 msg stream (LogsResultCodec)   12 msg dropped (LogsTailService)
/// ```
public final class LogsFollowService {
  public static final String SERVICE = "foursight.logs.v1.Followers";
  static final RpcMethod FOLLOW = new RpcMethod(SERVICE, "Follow");
  private static final int BYTES = ProtoReader.BYTES;
  private static final Duration GLANCE = Duration.ofSeconds(1);

  private LogsFollowService() {}

  public static RpcService of(LogsTailRunner runner) {
    return new RpcService(SERVICE).on(FOLLOW, call -> follow(call, runner));
  }

  private static void follow(RpcHandler.Call call, LogsTailRunner runner) {
    var gone = new AtomicBoolean();
    call.onCancel(() -> gone.set(true));
    try (Tail tail = runner.tail(decode(call))) {
      call.send(new byte[0]);
      while (!gone.get()) {
        Batch batch = tail.poll(GLANCE);
        if (!batch.isEmpty()) {
          var out = new ProtoWriter(1 << 12);
          LogsResultCodec.write(batch.streams(), out, call::send);
          batch.dropped().forEach(dropped -> LogsTailService.write(out, 12, dropped));
          call.send(out.toByteArray());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FoursightException(ErrorKind.CANCELED, "interrupted while following", e);
    }
  }

  /// Follows in another process. Safe from any thread.
  public static LogsTailRunner remote(RpcCaller caller) {
    return request -> {
      // The deadline of the budget is that of the history; the tail goes on behind it.
      var scope = new CallScope(Deadline.NONE, () -> checkNotCanceled(request.budget()));
      RpcStream stream = caller.call(FOLLOW, encode(request), scope);
      try {
        stream.next();
      } catch (RuntimeException e) {
        stream.close();
        throw e;
      }
      return new Remote(new FrameFeed(stream));
    };
  }

  private static void checkNotCanceled(QueryBudget budget) {
    if (budget.isCanceled()) {
      budget.check();
    }
  }

  private record Remote(FrameFeed feed) implements Tail {
    @Override
    public Batch poll(Duration wait) throws InterruptedException {
      return feed.poll(wait).map(Remote::batch).orElse(Batch.EMPTY);
    }

    private static Batch batch(byte[] frame) {
      var in = new ProtoReader(frame);
      var streams = new StreamList();
      List<Dropped> dropped = new ArrayList<>();
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> streams.read(in);
          case 12 << 3 | BYTES -> dropped.add(LogsTailService.read(in));
          default -> in.skip(tag);
        }
      }
      return new Batch(streams.streams(), dropped);
    }

    @Override
    public void close() {
      feed.close();
    }
  }

  private static byte[] encode(Request request) {
    var out = new ProtoWriter(128);
    request.tenants().forEach(tenant -> out.string(1, tenant.value()));
    out.string(2, request.query());
    out.sint(3, request.startNanos());
    out.varint(4, request.limit());
    out.varint(5, request.budget().maxMemoryBytes());
    out.varint(6, request.budget().maxSamples());
    return out.toByteArray();
  }

  private static Request decode(RpcHandler.Call call) {
    var in = new ProtoReader(call.request());
    List<TenantId> tenants = new ArrayList<>();
    String query = "";
    long start = 0;
    int limit = 0;
    long memory = 0;
    long samples = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenants.add(new TenantId(in.string()));
        case 2 << 3 | BYTES -> query = in.string();
        case 3 << 3 -> start = in.zigzag64();
        case 4 << 3 -> limit = in.varint32();
        case 5 << 3 -> memory = in.varint();
        case 6 << 3 -> samples = in.varint();
        default -> in.skip(tag);
      }
    }
    if (tenants.isEmpty()) {
      throw in.error("no tenant", in.position());
    }
    var budget = new QueryBudget(memory, samples, call.deadline());
    call.onCancel(budget::cancel);
    return new Request(tenants, query, start, limit, budget);
  }
}
