package io.foursight.wire.profiles.rpc;

import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.SampleFilter;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Sets of ids, 8 bytes a number, and filters of samples.
///
/// ```
/// ids      bytes: high, low, ...
/// samples  1 bytes span ids   2 bytes trace ids: high, low, ...
///          3 msg name of the call site { 1 string }, once for each
/// ```
final class ProfileIdsCodec {
  private static final int BYTES = ProtoReader.BYTES;

  private ProfileIdsCodec() {}

  static void write(ProtoWriter out, int field, Set<ProfileId> ids) {
    int mark = out.begin(field);
    for (ProfileId id : ids) {
      out.fixed64(id.high());
      out.fixed64(id.low());
    }
    out.end(mark);
  }

  static Set<ProfileId> readIds(ProtoReader in) {
    int outer = in.enter();
    Set<ProfileId> ids = new HashSet<>();
    while (!in.atEnd()) {
      ids.add(new ProfileId(in.fixed64(), in.fixed64()));
    }
    in.leave(outer);
    return ids;
  }

  static void write(ProtoWriter out, int field, SampleFilter samples) {
    if (samples.isAll()) {
      return;
    }
    int message = out.begin(field);
    int mark = out.begin(1);
    samples.spanIds().forEach(out::fixed64);
    out.end(mark);
    mark = out.begin(2);
    for (SampleFilter.TraceId id : samples.traceIds()) {
      out.fixed64(id.high());
      out.fixed64(id.low());
    }
    out.end(mark);
    for (String name : samples.callSite()) {
      // An empty name is one too.
      int text = out.begin(3);
      out.string(1, name);
      out.end(text);
    }
    out.end(message);
  }

  static SampleFilter readSamples(ProtoReader in) {
    int outer = in.enter();
    Set<Long> spans = new HashSet<>();
    Set<SampleFilter.TraceId> traces = new HashSet<>();
    List<String> callSite = new ArrayList<>();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 | BYTES -> {
          int around = in.enter();
          while (!in.atEnd()) {
            spans.add(in.fixed64());
          }
          in.leave(around);
        }
        case 2 << 3 | BYTES -> {
          int around = in.enter();
          while (!in.atEnd()) {
            traces.add(new SampleFilter.TraceId(in.fixed64(), in.fixed64()));
          }
          in.leave(around);
        }
        case 3 << 3 | BYTES -> callSite.add(name(in));
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new SampleFilter(spans, traces, callSite);
  }

  private static String name(ProtoReader in) {
    int outer = in.enter();
    String name = "";
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == (1 << 3 | BYTES)) {
        name = in.string();
      } else {
        in.skip(tag);
      }
    }
    in.leave(outer);
    return name;
  }
}
