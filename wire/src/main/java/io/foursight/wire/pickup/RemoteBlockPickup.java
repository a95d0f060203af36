package io.foursight.wire.pickup;

import io.foursight.model.BlockPickup;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.CallScope;
import io.foursight.wire.rpc.RpcCaller;
import java.time.Duration;

/// Asks a store-gateway in another process; no answer is a no.
public final class RemoteBlockPickup implements BlockPickup {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final RpcCaller caller;

  public RemoteBlockPickup(RpcCaller caller) {
    this.caller = caller;
  }

  @Override
  public boolean serves(Signal signal, TenantId tenant, String blockId) {
    var out = new ProtoWriter(128);
    out.string(1, signal.plural());
    out.string(2, tenant.value());
    out.string(3, blockId);
    try {
      var in =
          new ProtoReader(
              caller
                  .call(
                      BlockPickupService.SERVES,
                      out.toByteArray(),
                      CallScope.of(Deadline.after(TIMEOUT)))
                  .single());
      boolean yes = false;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        if (tag == 1 << 3) {
          yes = in.varint() != 0;
        } else {
          in.skip(tag);
        }
      }
      return yes;
    } catch (FoursightException e) {
      return false;
    }
  }
}
