package io.foursight.wire.metrics.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsQueryRunner;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.model.metrics.MetricsQueryRunner.Request;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Serves a local query runner.
///
/// ```
/// 1 string tenant, once for each   5 sint   step             8 sint   default subquery step
/// 2 string query                   6 sint   lookback, ms     9 varint memory bound
/// 3 sint   start                   7 varint options: bits   10 varint samples bound
/// 4 sint   end                              in record order
/// ```
public final class MetricsRunnerService {
  static final RpcMethod RUN = new RpcMethod(MetricsSourceMethods.QUERIER.service(), "Run");
  private static final int BYTES = ProtoReader.BYTES;

  private MetricsRunnerService() {}

  public static void register(RpcService service, MetricsQueryRunner runner) {
    service.on(RUN, call -> run(call, runner));
  }

  private static void run(RpcHandler.Call call, MetricsQueryRunner runner) {
    Request request = decode(call);
    ResultCodec.send(runner.run(request), request.budget(), call);
  }

  static byte[] encode(Request request) {
    var out = new ProtoWriter(256);
    request.tenants().forEach(tenant -> out.string(1, tenant.value()));
    out.string(2, request.query());
    out.sint(3, request.startMillis());
    out.sint(4, request.endMillis());
    out.sint(5, request.stepMillis());
    out.sint(6, request.lookback().toMillis());
    Options options = request.options();
    out.varint(
        7,
        (options.experimentalFunctions() ? 1 : 0)
            | (options.extendedRangeSelectors() ? 2 : 0)
            | (options.fillModifiers() ? 4 : 0)
            | (options.delayedNameRemoval() ? 8 : 0)
            | (options.startTimestamps() ? 16 : 0));
    out.sint(8, options.defaultSubqueryStep());
    out.varint(9, request.budget().maxMemoryBytes());
    out.varint(10, request.budget().maxSamples());
    return out.toByteArray();
  }

  private static Request decode(RpcHandler.Call call) {
    var in = new ProtoReader(call.request());
    List<TenantId> tenants = new ArrayList<>();
    String query = "";
    long start = 0;
    long end = 0;
    long step = 0;
    long lookback = 0;
    int bits = 0;
    long subqueryStep = 0;
    long memory = 0;
    long samples = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenants.add(new TenantId(in.string()));
        case 2 << 3 | BYTES -> query = in.string();
        case 3 << 3 -> start = in.zigzag64();
        case 4 << 3 -> end = in.zigzag64();
        case 5 << 3 -> step = in.zigzag64();
        case 6 << 3 -> lookback = in.zigzag64();
        case 7 << 3 -> bits = in.varint32();
        case 8 << 3 -> subqueryStep = in.zigzag64();
        case 9 << 3 -> memory = in.varint();
        case 10 << 3 -> samples = in.varint();
        default -> in.skip(tag);
      }
    }
    if (tenants.isEmpty()) {
      throw in.error("no tenant", in.position());
    }
    var budget = new QueryBudget(memory, samples, call.deadline());
    call.onCancel(budget::cancel);
    var options =
        new Options(
            (bits & 1) != 0,
            (bits & 2) != 0,
            (bits & 4) != 0,
            (bits & 8) != 0,
            (bits & 16) != 0,
            subqueryStep);
    return new Request(
        tenants, query, start, end, step, Duration.ofMillis(lookback), options, budget);
  }
}
