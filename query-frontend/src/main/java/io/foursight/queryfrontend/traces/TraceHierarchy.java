package io.foursight.queryfrontend.traces;

import io.foursight.model.traces.TracePieces;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.traces.TraceAssembler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Adds to the spans of a trace that a filter left those around them: so many levels of callers
/// above and of calls below each. Levels are counted by ids; two spans with one id (Zipkin's client
/// and server) stand on one level.
final class TraceHierarchy {
  private static final int BYTES_1 = ProtoReader.tagOf(1, ProtoReader.BYTES);
  private static final int BYTES_2 = ProtoReader.tagOf(2, ProtoReader.BYTES);
  private static final int BYTES_4 = ProtoReader.tagOf(4, ProtoReader.BYTES);

  private final Set<Long> ids = new HashSet<>();
  private final Map<Long, List<Long>> parents = new HashMap<>();
  private final Map<Long, List<Long>> children = new HashMap<>();

  private TraceHierarchy(TracePieces pieces) {
    for (byte[] piece : pieces.pieces()) {
      var in = new ProtoReader(piece);
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        if (tag == BYTES_1) {
          int outer = in.enter();
          spansBelow(in, 2);
          in.leave(outer);
        } else {
          in.skip(tag);
        }
      }
    }
  }

  /// Of `ResourceSpans` the scopes, of those the spans: field 2 both times.
  private void spansBelow(ProtoReader in, int levels) {
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_2) {
        int outer = in.enter();
        if (levels == 1) {
          span(in);
        } else {
          spansBelow(in, levels - 1);
        }
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
  }

  private void span(ProtoReader in) {
    long id = 0;
    long parent = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (tag == BYTES_2) {
        id = id(in.bytes());
      } else if (tag == BYTES_4) {
        parent = id(in.bytes());
      } else {
        in.skip(tag);
      }
    }
    ids.add(id);
    if (parent != 0) {
      parents.computeIfAbsent(id, unused -> new ArrayList<>()).add(parent);
      children.computeIfAbsent(parent, unused -> new ArrayList<>()).add(id);
    }
  }

  private static long id(byte[] bytes) {
    long id = 0;
    for (int i = 0; i < Math.min(8, bytes.length); i++) {
      id = id << 8 | bytes[i] & 0xff;
    }
    return id;
  }

  /// @param whole the trace
  /// @param matched what a filter left of it
  /// @param above levels of ancestors to keep; -1 = all
  /// @param below levels of descendants to keep; -1 = all
  static TracePieces around(TracePieces whole, TracePieces matched, int above, int below) {
    var trace = new TraceHierarchy(whole);
    Set<Long> wanted = new TraceHierarchy(matched).ids;
    var kept = new HashSet<>(wanted);
    spread(wanted, trace.parents, above, kept);
    spread(wanted, trace.children, below, kept);
    var assembler = new TraceAssembler();
    whole.pieces().forEach(piece -> assembler.add(piece, kept::contains));
    return new TracePieces(
        List.of(assembler.tracesData()),
        whole.truncated() || matched.truncated(),
        whole.scanned().plus(matched.scanned()));
  }

  private static void spread(
      Set<Long> from, Map<Long, List<Long>> next, int levels, Set<Long> into) {
    var seen = new HashSet<>(from);
    List<Long> edge = List.copyOf(from);
    for (int level = 0; level != levels && !edge.isEmpty(); level++) {
      var further = new ArrayList<Long>();
      for (long id : edge) {
        for (long one : next.getOrDefault(id, List.of())) {
          if (seen.add(one)) {
            further.add(one);
          }
        }
      }
      into.addAll(further);
      edge = further;
    }
  }
}
