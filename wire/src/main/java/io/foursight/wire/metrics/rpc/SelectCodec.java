package io.foursight.wire.metrics.rpc;

import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.SelectHints;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.signals.Matchers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What reading methods are asked, one message for all of them.
///
/// ```
/// 1 string tenant, once for each      5 msg    hints { 1 string function, 2 sint step, 3 sint range,
/// 2 sint   start                               4 string grouping.., 5 by, 6 limit, 7 shard, 8 shards }
/// 3 sint   end                        6 string label, metric family or scope
/// 4 msg    matcher { 1 varint type,   7 string block, once for each
///          2 string name,             8 varint memory bound    9 varint samples bound
///          3 string value }
/// ```
final class SelectCodec {
  private static final int BYTES = ProtoReader.BYTES;

  /// @param select of the first tenant
  /// @param text the label of `LabelValues`, the family of `Metadata`, the scope of `Series`
  record Decoded(List<TenantId> tenants, List<String> blocks, MetricsSelect select, String text) {}

  private SelectCodec() {}

  static byte[] encode(
      List<TenantId> tenants, List<String> blocks, MetricsSelect select, String text) {
    var out = new ProtoWriter(256);
    tenants.forEach(tenant -> out.string(1, tenant.value()));
    out.sint(2, select.range().startMillis());
    out.sint(3, select.range().endMillis());
    select.matchers().forEach(matcher -> Matchers.write(out, 4, matcher));
    if (!select.hints().equals(SelectHints.NONE)) {
      hints(out, select.hints());
    }
    out.string(6, text);
    blocks.forEach(block -> out.string(7, block));
    out.varint(8, select.budget().maxMemoryBytes());
    out.varint(9, select.budget().maxSamples());
    return out.toByteArray();
  }

  private static void hints(ProtoWriter out, SelectHints hints) {
    int mark = out.begin(5);
    out.string(1, hints.function());
    out.sint(2, hints.stepMillis());
    out.sint(3, hints.rangeMillis());
    for (String label : hints.grouping()) {
      out.bytes(4, label.getBytes(StandardCharsets.UTF_8));
    }
    out.varint(5, hints.by() ? 1 : 0);
    out.varint(6, hints.limit());
    out.varint(7, hints.shardIndex());
    out.varint(8, hints.shardCount());
    out.end(mark);
  }

  /// The budget ends with the call.
  static Decoded decode(RpcHandler.Call call, Function<String, TextMatcher> regexes) {
    var in = new ProtoReader(call.request());
    List<TenantId> tenants = new ArrayList<>();
    List<String> blocks = new ArrayList<>();
    List<LabelMatcher> matchers = new ArrayList<>();
    long start = 0;
    long end = 0;
    SelectHints hints = SelectHints.NONE;
    String text = "";
    long memory = 0;
    long samples = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenants.add(new TenantId(in.string()));
        case 2 << 3 -> start = in.zigzag64();
        case 3 << 3 -> end = in.zigzag64();
        case 4 << 3 | BYTES -> matchers.add(Matchers.read(in, regexes));
        case 5 << 3 | BYTES -> hints = hints(in);
        case 6 << 3 | BYTES -> text = in.string();
        case 7 << 3 | BYTES -> blocks.add(in.string());
        case 8 << 3 -> memory = in.varint();
        case 9 << 3 -> samples = in.varint();
        default -> in.skip(tag);
      }
    }
    if (tenants.isEmpty()) {
      throw in.error("no tenant", in.position());
    }
    var budget = new QueryBudget(memory, samples, call.deadline());
    call.onCancel(budget::cancel);
    var select =
        new MetricsSelect(tenants.getFirst(), new TimeRange(start, end), matchers, hints, budget);
    return new Decoded(tenants, blocks, select, text);
  }

  private static SelectHints hints(ProtoReader in) {
    int outer = in.enter();
    String function = "";
    long step = 0;
    long range = 0;
    List<String> grouping = new ArrayList<>();
    boolean by = false;
    int limit = 0;
    int shard = 0;
    int shards = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> function = in.string();
        case 2 << 3 -> step = in.zigzag64();
        case 3 << 3 -> range = in.zigzag64();
        case 4 << 3 | BYTES -> grouping.add(in.string());
        case 5 << 3 -> by = in.varint() != 0;
        case 6 << 3 -> limit = in.varint32();
        case 7 << 3 -> shard = in.varint32();
        case 8 << 3 -> shards = in.varint32();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new SelectHints(function, step, range, grouping, by, limit, shard, shards);
  }
}
