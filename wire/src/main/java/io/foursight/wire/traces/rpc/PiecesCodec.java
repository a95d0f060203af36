package io.foursight.wire.traces.rpc;

import io.foursight.model.QueryBudget;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Optional;

/// The pieces of a trace, a large one over several frames.
///
/// ```
/// 1 bytes  next bytes of a piece   2 varint 1: the piece ends with them
/// 3 varint 1: truncated            4 msg scanned, as SpanPageWriter has it (last frame)
/// ```
final class PiecesCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int FRAME_BYTES = 512 << 10;

  private PiecesCodec() {}

  static void send(TracePieces found, RpcHandler.Call call) {
    var out = new ProtoWriter(1 << 12);
    for (byte[] piece : found.pieces()) {
      int from = 0;
      do {
        int to = Math.min(piece.length, from + FRAME_BYTES);
        out.clear();
        out.bytes(1, piece, from, to - from);
        out.varint(2, to == piece.length ? 1 : 0);
        call.send(out.toByteArray());
        from = to;
      } while (from < piece.length);
    }
    out.clear();
    out.varint(3, found.truncated() ? 1 : 0);
    SpanPageWriter.writeStats(out, 4, found.scanned());
    call.send(out.toByteArray());
  }

  static TracePieces receive(RpcStream stream, QueryBudget budget) {
    var pieces = new ArrayList<byte[]>();
    var piece = new ByteArrayOutputStream();
    boolean truncated = false;
    TracesStats scanned = TracesStats.NONE;
    long charged = 0;
    try (stream) {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        budget.charge(frame.get().length);
        charged += frame.get().length;
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          switch (tag) {
            case 1 << 3 | BYTES -> {
              int length = in.length();
              piece.write(in.array(), in.position(), length);
              in.position(in.position() + length);
            }
            case 2 << 3 -> {
              if (in.varint() != 0) {
                pieces.add(piece.toByteArray());
                piece.reset();
              }
            }
            case 3 << 3 -> truncated = in.varint() != 0;
            case 4 << 3 | BYTES -> scanned = SpanPageReader.readStats(in);
            default -> in.skip(tag);
          }
        }
      }
      return new TracePieces(pieces, truncated, scanned);
    } finally {
      budget.release(charged);
    }
  }
}
