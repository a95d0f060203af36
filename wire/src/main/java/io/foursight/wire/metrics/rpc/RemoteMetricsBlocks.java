package io.foursight.wire.metrics.rpc;

import io.foursight.model.Deadline;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsBlocks;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import java.time.Duration;
import java.util.List;

/// The blocks of a store-gateway in another process. Safe from any thread.
public final class RemoteMetricsBlocks implements MetricsBlocks {
  private static final Duration PLAN_TIMEOUT = Duration.ofSeconds(30);

  private final RpcCaller caller;

  public RemoteMetricsBlocks(RpcCaller caller) {
    this.caller = caller;
  }

  @Override
  public List<String> plan(TenantId tenant, TimeRange range, boolean fresh) {
    var select = new MetricsSelect(tenant, range, List.of(), QueryBudget.unlimited());
    byte[] request =
        SelectCodec.encode(
            List.of(tenant), List.of(), select, fresh ? MetricsBlocksService.FRESH : "");
    return Texts.receive(
        caller.call(
            MetricsBlocksService.PLAN, request, CallScope.of(Deadline.after(PLAN_TIMEOUT))));
  }

  @Override
  public MetricsSource only(List<String> blocks) {
    return new RemoteMetricsSource(caller, MetricsSourceMethods.STORE_GATEWAY, List.of(), blocks);
  }
}
