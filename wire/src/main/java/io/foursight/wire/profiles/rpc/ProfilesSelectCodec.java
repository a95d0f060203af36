package io.foursight.wire.profiles.rpc;

import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TextMatcher;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.signals.Matchers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// What reading methods are asked, one message for all of them.
///
/// ```
/// 1 string tenant                           7 string block to leave out, once for each
/// 2 sint   start   3 sint end               8 string block to read, once for each
/// 4 msg    matcher (Matchers), each         9 varint memory bound   10 varint samples bound
/// 5 bytes  ids (ProfileIdsCodec)           11 string label of LabelValues
/// 6 msg    samples (ProfileIdsCodec)       12 varint 1: rows of spans
/// ```
final class ProfilesSelectCodec {
  private static final int BYTES = ProtoReader.BYTES;

  /// What a method asks beside the selection.
  ///
  /// @param label of `LabelValues`
  /// @param bySpan of `Rows`
  record Details(String label, boolean bySpan) {
    static final Details NONE = new Details("", false);
  }

  record Decoded(List<String> blocks, ProfilesSelect select, Details details) {}

  private ProfilesSelectCodec() {}

  static byte[] encode(List<String> blocks, ProfilesSelect select, Details details) {
    var out = new ProtoWriter(256 + 16 * select.ids().size());
    out.string(1, select.tenant().value());
    out.sint(2, select.startNanos());
    out.sint(3, select.endNanos());
    select.matchers().forEach(matcher -> Matchers.write(out, 4, matcher));
    ProfileIdsCodec.write(out, 5, select.ids());
    ProfileIdsCodec.write(out, 6, select.samples());
    select.withoutBlocks().forEach(block -> out.string(7, block));
    blocks.forEach(block -> out.string(8, block));
    out.varint(9, select.budget().maxMemoryBytes());
    out.varint(10, select.budget().maxSamples());
    out.string(11, details.label());
    out.varint(12, details.bySpan() ? 1 : 0);
    return out.toByteArray();
  }

  /// The budget ends with the call.
  ///
  /// @param regexes compiles an expression, fully anchored
  static Decoded decode(RpcHandler.Call call, Function<String, TextMatcher> regexes) {
    var in = new ProtoReader(call.request());
    String tenant = "";
    long start = 0;
    long end = 0;
    List<LabelMatcher> matchers = new ArrayList<>();
    Set<ProfileId> ids = Set.of();
    SampleFilter samples = SampleFilter.ALL;
    Set<String> without = new HashSet<>();
    List<String> blocks = new ArrayList<>();
    long memory = 0;
    long bound = 0;
    String label = "";
    boolean bySpan = false;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> tenant = in.string();
        case 2 << 3 -> start = in.zigzag64();
        case 3 << 3 -> end = in.zigzag64();
        case 4 << 3 | BYTES -> matchers.add(Matchers.read(in, regexes));
        case 5 << 3 | BYTES -> ids = ProfileIdsCodec.readIds(in);
        case 6 << 3 | BYTES -> samples = ProfileIdsCodec.readSamples(in);
        case 7 << 3 | BYTES -> without.add(in.string());
        case 8 << 3 | BYTES -> blocks.add(in.string());
        case 9 << 3 -> memory = in.varint();
        case 10 << 3 -> bound = in.varint();
        case 11 << 3 | BYTES -> label = in.string();
        case 12 << 3 -> bySpan = in.varint() != 0;
        default -> in.skip(tag);
      }
    }
    var budget = new QueryBudget(memory, bound, call.deadline());
    call.onCancel(budget::cancel);
    var select =
        new ProfilesSelect(
            new TenantId(tenant), start, end, matchers, ids, samples, without, budget);
    return new Decoded(blocks, select, new Details(label, bySpan));
  }
}
