package io.foursight.wire.logs.rpc;

import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.Direction;
import io.foursight.model.logs.LineFilter;
import io.foursight.model.logs.LineTest;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSelect.Columns;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.signals.Matchers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What reading methods are asked, one message for all of them.
///
/// ```
///  1 string tenant, once for each      9 varint limit
///  2 sint   start   3 sint end        10 string block to leave out, once for each
///  4 msg    matcher (Matchers)        11 string block to read, once for each
///  5 msg    matcher on fields         12 string label of LabelValues
///  6 msg    line filter               13 varint memory bound   14 varint samples bound
///           { 1 varint negated,       15 sint   step           16 varint patterns
///             2 string test ... }
///  7 msg    columns { 1 varint bits: lines, lengths, all metadata; 2 string name ... }
///  8 varint 1 = forward
/// ```
final class LogsSelectCodec {
  private static final int BYTES = ProtoReader.BYTES;

  /// What a method asks beside the selection.
  ///
  /// @param label of `LabelValues`
  /// @param patterns the limit of `Patterns`
  record Details(String label, long stepNanos, int patterns) {
    static final Details NONE = new Details("", 0, 0);
  }

  /// @param select of the first tenant
  record Decoded(List<TenantId> tenants, List<String> blocks, LogsSelect select, Details details) {}

  private LogsSelectCodec() {}

  static byte[] encode(
      List<TenantId> tenants, List<String> blocks, LogsSelect select, Details details) {
    var out = new ProtoWriter(256);
    tenants.forEach(tenant -> out.string(1, tenant.value()));
    out.sint(2, select.startNanos());
    out.sint(3, select.endNanos());
    select.matchers().forEach(matcher -> Matchers.write(out, 4, matcher));
    select.fields().forEach(matcher -> Matchers.write(out, 5, matcher));
    for (LineFilter filter : select.lineFilters()) {
      int mark = out.begin(6);
      out.varint(1, filter.negated() ? 1 : 0);
      filter.tests().forEach(test -> out.string(2, test.text()));
      out.end(mark);
    }
    Columns columns = select.columns();
    int mark = out.begin(7);
    out.varint(
        1,
        (columns.lines() ? 1 : 0)
            | (columns.lineLengths() ? 2 : 0)
            | (columns.allMetadata() ? 4 : 0));
    columns.metadata().forEach(name -> out.string(2, name));
    out.end(mark);
    out.varint(8, select.direction() == Direction.FORWARD ? 1 : 0);
    out.varint(9, select.limit());
    select.withoutBlocks().forEach(block -> out.string(10, block));
    blocks.forEach(block -> out.string(11, block));
    out.string(12, details.label());
    out.varint(13, select.budget().maxMemoryBytes());
    out.varint(14, select.budget().maxSamples());
    out.sint(15, details.stepNanos());
    out.varint(16, details.patterns());
    return out.toByteArray();
  }

  /// The budget ends with the call.
  static Decoded decode(RpcHandler.Call call, LogsExpressions expressions) {
    var in = new ProtoReader(call.request());
    List<TenantId> tenants = new ArrayList<>();
    List<String> blocks = new ArrayList<>();
    List<LabelMatcher> matchers = new ArrayList<>();
    List<LabelMatcher> fields = new ArrayList<>();
    List<LineFilter> filters = new ArrayList<>();
    Set<String> without = new HashSet<>();
    Columns columns = Columns.ALL;
    Direction direction = Direction.BACKWARD;
    long start = 0;
    long end = 0;
    long limit = 0;
    String label = "";
    long memory = 0;
    long samples = 0;
    long step = 0;
    int patterns = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenants.add(new TenantId(in.string()));
        case 2 << 3 -> start = in.zigzag64();
        case 3 << 3 -> end = in.zigzag64();
        case 4 << 3 | BYTES -> matchers.add(Matchers.read(in, expressions.regexes()));
        case 5 << 3 | BYTES -> fields.add(Matchers.read(in, expressions.regexes()));
        case 6 << 3 | BYTES -> filters.add(filter(in, expressions));
        case 7 << 3 | BYTES -> columns = columns(in);
        case 8 << 3 -> direction = in.varint() == 1 ? Direction.FORWARD : Direction.BACKWARD;
        case 9 << 3 -> limit = in.varint();
        case 10 << 3 | BYTES -> without.add(in.string());
        case 11 << 3 | BYTES -> blocks.add(in.string());
        case 12 << 3 | BYTES -> label = in.string();
        case 13 << 3 -> memory = in.varint();
        case 14 << 3 -> samples = in.varint();
        case 15 << 3 -> step = in.zigzag64();
        case 16 << 3 -> patterns = in.varint32();
        default -> in.skip(tag);
      }
    }
    if (tenants.isEmpty()) {
      throw in.error("no tenant", in.position());
    }
    var budget = new QueryBudget(memory, samples, call.deadline());
    call.onCancel(budget::cancel);
    var select =
        new LogsSelect(
            tenants.getFirst(),
            start,
            end,
            matchers,
            filters,
            fields,
            columns,
            direction,
            limit,
            without,
            budget);
    return new Decoded(tenants, blocks, select, new Details(label, step, patterns));
  }

  private static LineFilter filter(ProtoReader in, LogsExpressions expressions) {
    int outer = in.enter();
    boolean negated = false;
    List<LineTest> tests = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> negated = in.varint() != 0;
        case 2 << 3 | BYTES -> tests.add(expressions.lineTests().apply(in.string()));
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new LineFilter(negated, tests);
  }

  private static Columns columns(ProtoReader in) {
    int outer = in.enter();
    int bits = 0;
    Set<String> names = new HashSet<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> bits = in.varint32();
        case 2 << 3 | BYTES -> names.add(in.string());
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new Columns((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, names);
  }
}
