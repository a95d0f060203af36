package io.foursight.wire.traces.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.TraceCandidates;
import io.foursight.model.traces.TraceCandidates.Candidate;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Candidates in frames of a bounded size.
///
/// ```
/// 1 bytes  per candidate: id (high, low, 8 bytes each), zigzag time as difference to the one before
/// 2 varint 1: there may be more (last frame)
/// 3 msg    scanned, as SpanPageWriter has it (last frame)
/// ```
final class CandidatesCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int FRAME_CANDIDATES = 1 << 14;
  private static final int CANDIDATE_BYTES = 64;

  private CandidatesCodec() {}

  static void send(TraceCandidates answer, RpcHandler.Call call) {
    var out = new ProtoWriter(1 << 12);
    List<Candidate> all = answer.candidates();
    long before = 0;
    int from = 0;
    do {
      int to = Math.min(all.size(), from + FRAME_CANDIDATES);
      out.clear();
      int mark = out.begin(1);
      for (Candidate candidate : all.subList(from, to)) {
        out.fixed64(candidate.id().high());
        out.fixed64(candidate.id().low());
        long difference = candidate.startNanos() - before;
        before = candidate.startNanos();
        out.rawVarint(difference << 1 ^ difference >> 63);
      }
      out.end(mark);
      if (to == all.size()) {
        out.varint(2, answer.complete() ? 0 : 1);
        SpanPageWriter.writeStats(out, 3, answer.scanned());
      }
      call.send(out.toByteArray());
      from = to;
    } while (from < all.size());
  }

  static TraceCandidates receive(RpcStream stream, QueryBudget budget) {
    var all = new ArrayList<Candidate>();
    boolean complete = true;
    TracesStats scanned = TracesStats.NONE;
    long before = 0;
    long charged = 0;
    try (stream) {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          switch (tag) {
            case 1 << 3 | BYTES -> {
              int outer = in.enter();
              while (!in.atEnd()) {
                var id = new TraceId(in.fixed64(), in.fixed64());
                before += in.zigzag64();
                all.add(new Candidate(id, before));
              }
              in.leave(outer);
            }
            case 2 << 3 -> complete = in.varint() == 0;
            case 3 << 3 | BYTES -> scanned = SpanPageReader.readStats(in);
            default -> in.skip(tag);
          }
        }
        long now = (long) CANDIDATE_BYTES * all.size();
        budget.charge(now - charged);
        charged = now;
      }
      return new TraceCandidates(all, complete, scanned);
    } finally {
      budget.release(charged);
    }
  }
}
