package io.foursight.wire.pickup;

import io.foursight.model.BlockPickup;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;

/// Serves a local [BlockPickup]. Request: `1 string signal, 2 string tenant, 3 string block`;
/// answer: `1 varint yes`.
public final class BlockPickupService {
  public static final String SERVICE = "foursight.v1.BlockPickup";
  static final RpcMethod SERVES = new RpcMethod(SERVICE, "Serves");
  private static final int BYTES = ProtoReader.BYTES;

  private BlockPickupService() {}

  public static RpcService of(BlockPickup pickup) {
    return new RpcService(SERVICE)
        .on(
            SERVES,
            call -> {
              var out = new ProtoWriter(16);
              out.varint(1, asked(new ProtoReader(call.request()), pickup) ? 1 : 0);
              call.send(out.toByteArray());
            });
  }

  private static boolean asked(ProtoReader in, BlockPickup pickup) {
    String signal = "";
    String tenant = "";
    String block = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> signal = in.string();
        case 2 << 3 | BYTES -> tenant = in.string();
        case 3 << 3 | BYTES -> block = in.string();
        default -> in.skip(tag);
      }
    }
    for (Signal known : Signal.values()) {
      if (known.plural().equals(signal)) {
        return pickup.serves(known, new TenantId(tenant), block);
      }
    }
    return false;
  }
}
