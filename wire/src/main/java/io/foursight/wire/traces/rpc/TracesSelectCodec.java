package io.foursight.wire.traces.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanFilter;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesSelect;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// What reading methods are asked, one message for all of them.
///
/// ```
/// 1 string tenant                              7 msg    field (SpanFilterCodec), once for each
/// 2 sint   start   3 sint end                  8 string block to leave out, once for each
/// 4 bytes  ids: high, low, 8 bytes each        9 string block to read, once for each
/// 5 msg    filter (SpanFilterCodec)           10 varint memory bound   11 varint samples bound
/// 6 varint 1 = whole traces                   12 varint limit          13 varint most bytes
/// ```
final class TracesSelectCodec {
  private static final int BYTES = ProtoReader.BYTES;

  /// What a method asks beside the selection.
  ///
  /// @param limit of `Candidates` and `TagValues`
  /// @param maxBytes of `Trace`
  record Details(int limit, long maxBytes) {
    static final Details NONE = new Details(0, 0);
  }

  record Decoded(List<String> blocks, TracesSelect select, Details details) {}

  private TracesSelectCodec() {}

  static byte[] encode(List<String> blocks, TracesSelect select, Details details) {
    var out = new ProtoWriter(256 + 16 * select.ids().size());
    out.string(1, select.tenant().value());
    out.sint(2, select.startNanos());
    out.sint(3, select.endNanos());
    int mark = out.begin(4);
    for (TraceId id : select.ids()) {
      out.fixed64(id.high());
      out.fixed64(id.low());
    }
    out.end(mark);
    SpanFilterCodec.write(out, 5, select.filter());
    out.varint(6, select.wholeTraces() ? 1 : 0);
    select.fields().forEach(field -> SpanFilterCodec.write(out, 7, field));
    select.withoutBlocks().forEach(block -> out.string(8, block));
    blocks.forEach(block -> out.string(9, block));
    out.varint(10, select.budget().maxMemoryBytes());
    out.varint(11, select.budget().maxSamples());
    out.varint(12, details.limit());
    out.varint(13, details.maxBytes());
    return out.toByteArray();
  }

  /// The budget ends with the call.
  static Decoded decode(RpcHandler.Call call, Function<String, ? extends TextMatcher> textTests) {
    var in = new ProtoReader(call.request());
    String tenant = "";
    long start = 0;
    long end = 0;
    List<TraceId> ids = new ArrayList<>();
    SpanFilter filter = SpanFilter.ALL;
    boolean whole = false;
    List<SpanField> fields = new ArrayList<>();
    Set<String> without = new HashSet<>();
    List<String> blocks = new ArrayList<>();
    long memory = 0;
    long samples = 0;
    int limit = 0;
    long maxBytes = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenant = in.string();
        case 2 << 3 -> start = in.zigzag64();
        case 3 << 3 -> end = in.zigzag64();
        case 4 << 3 | BYTES -> {
          int outer = in.enter();
          while (!in.atEnd()) {
            ids.add(new TraceId(in.fixed64(), in.fixed64()));
          }
          in.leave(outer);
        }
        case 5 << 3 | BYTES -> filter = SpanFilterCodec.readFilter(in, textTests);
        case 6 << 3 -> whole = in.varint() != 0;
        case 7 << 3 | BYTES -> fields.add(SpanFilterCodec.readField(in));
        case 8 << 3 | BYTES -> without.add(in.string());
        case 9 << 3 | BYTES -> blocks.add(in.string());
        case 10 << 3 -> memory = in.varint();
        case 11 << 3 -> samples = in.varint();
        case 12 << 3 -> limit = in.varint32();
        case 13 << 3 -> maxBytes = in.varint();
        default -> in.skip(tag);
      }
    }
    var budget = new QueryBudget(memory, samples, call.deadline());
    call.onCancel(budget::cancel);
    var select =
        new TracesSelect(
            new TenantId(tenant), start, end, ids, filter, whole, fields, without, budget);
    return new Decoded(blocks, select, new Details(limit, maxBytes));
  }
}
