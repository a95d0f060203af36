package io.foursight.wire.logs.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.logs.LogsLateWrites;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.signals.Texts;
import java.time.Duration;

/// Serves whether the past of logs has changed, and is the stub of who knows it.
///
/// ```
/// 1 string tenant   2 sint first millisecond   3 sint last millisecond
/// ```
public final class LogsLateWritesService {
  public static final RpcMethod INGESTER = of(LogsSourceMethods.INGESTER);
  public static final RpcMethod QUERIER = of(LogsSourceMethods.QUERIER);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private LogsLateWritesService() {}

  private static RpcMethod of(LogsSourceMethods methods) {
    return new RpcMethod(methods.service(), "LateVersion");
  }

  public static void register(RpcService service, RpcMethod method, LogsLateWrites lateWrites) {
    service.on(
        method,
        call -> {
          var in = new ProtoReader(call.request());
          String tenant = "";
          long start = 0;
          long end = 0;
          for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
              case 1 << 3 | ProtoReader.BYTES -> tenant = in.string();
              case 2 << 3 -> start = in.zigzag64();
              case 3 << 3 -> end = in.zigzag64();
              default -> in.skip(tag);
            }
          }
          call.send(
              Texts.number(lateWrites.version(new TenantId(tenant), new TimeRange(start, end))));
        });
  }

  /// Asks another process each time. Safe from any thread.
  public static LogsLateWrites remote(RpcCaller caller, RpcMethod method) {
    return (tenant, range) -> {
      var out = new ProtoWriter(64);
      out.string(1, tenant.value());
      out.sint(2, range.startMillis());
      out.sint(3, range.endMillis());
      return Texts.number(
          caller.call(method, out.toByteArray(), CallScope.of(Deadline.after(TIMEOUT))).single());
    };
  }
}
