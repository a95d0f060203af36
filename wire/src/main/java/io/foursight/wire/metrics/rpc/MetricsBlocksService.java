package io.foursight.wire.metrics.rpc;

import io.foursight.model.TextMatcher;
import io.foursight.model.metrics.MetricsBlocks;
import io.foursight.wire.rpc.RpcMethod;
import io.foursight.wire.rpc.RpcService;
import java.util.function.Function;

/// Serves a store-gateway's blocks: the plan, and the reads of the blocks named in a request.
public final class MetricsBlocksService {
  static final RpcMethod PLAN = new RpcMethod(MetricsSourceMethods.STORE_GATEWAY.service(), "Plan");
  static final String FRESH = "fresh";

  private MetricsBlocksService() {}

  public static void register(
      RpcService service, MetricsBlocks blocks, Function<String, TextMatcher> regexes) {
    service.on(
        PLAN,
        call -> {
          SelectCodec.Decoded asked = SelectCodec.decode(call, regexes);
          Texts.send(
              blocks.plan(
                  asked.select().tenant(), asked.select().range(), asked.text().equals(FRESH)),
              call);
        });
    MetricsSourceService.register(
        service, MetricsSourceMethods.STORE_GATEWAY, (tenants, ids) -> blocks.only(ids), regexes);
  }
}
