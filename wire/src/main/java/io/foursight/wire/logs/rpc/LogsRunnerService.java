package io.foursight.wire.logs.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LogsQueryRunner;
import io.foursight.model.logs.LogsQueryRunner.Request;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.rpc.RpcStream;
import java.util.ArrayList;
import java.util.List;

/// Serves a local query runner, and is the stub of a remote one.
///
/// ```
/// 1 string tenant, once for each   5 sint step       9 varint series bound
/// 2 string query                   6 sint interval  10 varint 1: partial answers past it
/// 3 sint   start                   7 varint limit   11 varint memory bound
/// 4 sint   end                     8 varint 1: forward   12 varint samples bound
/// ```
public final class LogsRunnerService {
  static final RpcMethod RUN = new RpcMethod(LogsSourceMethods.QUERIER.service(), "Run");
  private static final int BYTES = ProtoReader.BYTES;

  private LogsRunnerService() {}

  public static void register(RpcService service, LogsQueryRunner runner) {
    service.on(RUN, call -> LogsResultCodec.send(runner.run(decode(call)), call));
  }

  /// Evaluates in another process. Safe from any thread.
  public static LogsQueryRunner remote(RpcCaller caller) {
    return request -> {
      CallScope scope = CallScope.of(request.budget()).of(request.tenants());
      try (RpcStream stream = caller.call(RUN, encode(request), scope)) {
        return LogsResultCodec.receive(stream, request.budget());
      }
    };
  }

  private static byte[] encode(Request request) {
    var out = new ProtoWriter(256);
    request.tenants().forEach(tenant -> out.string(1, tenant.value()));
    out.string(2, request.query());
    out.sint(3, request.startNanos());
    out.sint(4, request.endNanos());
    out.sint(5, request.stepNanos());
    out.sint(6, request.intervalNanos());
    out.varint(7, request.limit());
    out.varint(8, request.direction() == Direction.FORWARD ? 1 : 0);
    out.varint(9, request.maxSeries());
    out.varint(10, request.maxSeriesPartial() ? 1 : 0);
    out.varint(11, request.budget().maxMemoryBytes());
    out.varint(12, request.budget().maxSamples());
    return out.toByteArray();
  }

  private static Request decode(RpcHandler.Call call) {
    var in = new ProtoReader(call.request());
    List<TenantId> tenants = new ArrayList<>();
    String query = "";
    long start = 0;
    long end = 0;
    long step = 0;
    long interval = 0;
    int limit = 0;
    boolean forward = false;
    int series = 0;
    boolean partial = false;
    long memory = 0;
    long samples = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenants.add(new TenantId(in.string()));
        case 2 << 3 | BYTES -> query = in.string();
        case 3 << 3 -> start = in.zigzag64();
        case 4 << 3 -> end = in.zigzag64();
        case 5 << 3 -> step = in.zigzag64();
        case 6 << 3 -> interval = in.zigzag64();
        case 7 << 3 -> limit = in.varint32();
        case 8 << 3 -> forward = in.varint() != 0;
        case 9 << 3 -> series = in.varint32();
        case 10 << 3 -> partial = in.varint() != 0;
        case 11 << 3 -> memory = in.varint();
        case 12 << 3 -> samples = in.varint();
        default -> in.skip(tag);
      }
    }
    if (tenants.isEmpty()) {
      throw in.error("no tenant", in.position());
    }
    var budget = new QueryBudget(memory, samples, call.deadline());
    call.onCancel(budget::cancel);
    return new Request(
        tenants,
        query,
        start,
        end,
        step,
        interval,
        limit,
        forward ? Direction.FORWARD : Direction.BACKWARD,
        series,
        partial,
        budget);
  }
}
