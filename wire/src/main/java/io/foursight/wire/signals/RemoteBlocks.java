package io.foursight.wire.signals;

import io.foursight.model.Blocks;
import io.foursight.model.Deadline;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcMethod;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// The blocks of a store-gateway in another process. Safe from any thread.
///
/// @param <S> the signal's Source
public final class RemoteBlocks<S> implements Blocks<S> {
  private static final Duration PLAN_TIMEOUT = Duration.ofSeconds(30);

  private final RpcCaller caller;
  private final RpcMethod plan;
  private final Function<List<String>, S> only;

  /// @param plan see [BlocksService#method]
  /// @param only a stub of the signal that reads these blocks
  public RemoteBlocks(RpcCaller caller, RpcMethod plan, Function<List<String>, S> only) {
    this.caller = caller;
    this.plan = plan;
    this.only = only;
  }

  @Override
  public List<Planned> plan(TenantId tenant, TimeRange range, boolean fresh) {
    CallScope scope = CallScope.of(Deadline.after(PLAN_TIMEOUT));
    byte[] request = BlocksService.encode(tenant, range, fresh);
    return BlocksService.decode(caller.call(plan, request, scope).single());
  }

  @Override
  public S only(List<String> blocks) {
    return only.apply(blocks);
  }
}
