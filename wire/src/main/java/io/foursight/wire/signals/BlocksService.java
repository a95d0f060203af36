package io.foursight.wire.signals;

import io.foursight.model.Blocks;
import io.foursight.model.Blocks.Planned;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import java.util.ArrayList;
import java.util.List;

/// Serves the plan of a store-gateway's blocks.
///
/// ```
/// asked     1 string tenant   2 sint start   3 sint end   4 varint fresh
/// answered  1 msg block { 1 string id, 2 sint first time, 3 sint last time, 4 varint level }
/// ```
public final class BlocksService {
  private static final int BYTES = ProtoReader.BYTES;

  private BlocksService() {}

  /// The method of a signal's service that plans.
  public static RpcMethod method(String service) {
    return new RpcMethod(service, "Plan");
  }

  public static void register(RpcService service, RpcMethod plan, Blocks<?> blocks) {
    service.on(plan, call -> plan(call, blocks));
  }

  private static void plan(RpcHandler.Call call, Blocks<?> blocks) {
    var in = new ProtoReader(call.request());
    String tenant = "";
    long start = 0;
    long end = 0;
    boolean fresh = false;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenant = in.string();
        case 2 << 3 -> start = in.zigzag64();
        case 3 << 3 -> end = in.zigzag64();
        case 4 << 3 -> fresh = in.varint() != 0;
        default -> in.skip(tag);
      }
    }
    var out = new ProtoWriter(1 << 12);
    for (Planned block : blocks.plan(new TenantId(tenant), new TimeRange(start, end), fresh)) {
      int mark = out.begin(1);
      out.string(1, block.id());
      out.sint(2, block.range().startMillis());
      out.sint(3, block.range().endMillis());
      out.varint(4, block.level());
      out.end(mark);
    }
    call.send(out.toByteArray());
  }

  static byte[] encode(TenantId tenant, TimeRange range, boolean fresh) {
    var out = new ProtoWriter(64);
    out.string(1, tenant.value());
    out.sint(2, range.startMillis());
    out.sint(3, range.endMillis());
    out.varint(4, fresh ? 1 : 0);
    return out.toByteArray();
  }

  static List<Planned> decode(byte[] answer) {
    var in = new ProtoReader(answer);
    var blocks = new ArrayList<Planned>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | BYTES)) {
        blocks.add(block(in));
      } else {
        in.skip(tag);
      }
    }
    return blocks;
  }

  private static Planned block(ProtoReader in) {
    int outer = in.enter();
    String id = "";
    long first = 0;
    long last = 0;
    int level = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> id = in.string();
        case 2 << 3 -> first = in.zigzag64();
        case 3 << 3 -> last = in.zigzag64();
        case 4 << 3 -> level = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Planned(id, new TimeRange(first, last), level);
  }
}
