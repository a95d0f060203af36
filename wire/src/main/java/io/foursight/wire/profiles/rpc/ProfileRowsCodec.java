package io.foursight.wire.profiles.rpc;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.wire.protobuf.ProtoReader;
import io.foursight.wire.protobuf.ProtoWriter;
import io.foursight.wire.rpc.RpcHandler;
import io.foursight.wire.rpc.RpcStream;
import io.foursight.wire.signals.Columns;
import io.foursight.wire.signals.LabelPairs;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/// Rows of profiles, a series after the other, a long one over several frames.
///
/// ```
/// 1 msg series { 1 labels (LabelPairs)
///                2 bytes  per row: zigzag difference of time, zigzag value, id (high, low)
///                3 bytes  per row: span id, trace id (high, low); only of spans
///                4 varint 1: rows of this series follow
///                5 varint rows }
/// ```
final class ProfileRowsCodec {
  private static final int BYTES = ProtoReader.BYTES;
  private static final int FRAME_BYTES = 256 << 10;
  private static final int PIECE_ROWS = 1 << 12;
  private static final int ROW_BYTES = 64;

  private ProfileRowsCodec() {}

  /// Packs rows into frames. Owned by one thread.
  static final class Writer {
    private final RpcHandler.Call call;
    private final boolean bySpan;
    private final ProtoWriter out = new ProtoWriter(1 << 12);

    Writer(RpcHandler.Call call, boolean bySpan) {
      this.call = call;
      this.bySpan = bySpan;
    }

    void write(ProfileRows rows) {
      int from = 0;
      do {
        int to = Math.min(rows.rows(), from + PIECE_ROWS);
        piece(rows, from, to);
        if (out.size() >= FRAME_BYTES) {
          finish();
        }
        from = to;
      } while (from < rows.rows());
    }

    private void piece(ProfileRows rows, int from, int to) {
      int message = out.begin(1);
      LabelPairs.write(out, 1, rows.labels());
      int mark = out.begin(2);
      long before = 0;
      for (int row = from; row < to; row++) {
        Columns.zigzag(out, rows.timesNanos()[row] - before);
        before = rows.timesNanos()[row];
        Columns.zigzag(out, rows.values()[row]);
        out.fixed64(rows.idHighs()[row]);
        out.fixed64(rows.idLows()[row]);
      }
      out.end(mark);
      if (bySpan) {
        mark = out.begin(3);
        for (int row = from; row < to; row++) {
          out.fixed64(rows.spanIds()[row]);
          out.fixed64(rows.traceHighs()[row]);
          out.fixed64(rows.traceLows()[row]);
        }
        out.end(mark);
      }
      out.varint(4, to < rows.rows() ? 1 : 0);
      out.varint(5, to - from);
      out.end(message);
    }

    /// Sends what waits.
    void finish() {
      if (out.size() > 0) {
        call.send(out.toByteArray());
        out.clear();
      }
    }
  }

  /// Puts the pieces of each series together.
  private static final class Reader {
    private final boolean bySpan;
    private final QueryBudget budget;
    private final Consumer<ProfileRows> each;
    private Labels labels = Labels.EMPTY;
    private int rows;
    private final long[][] columns;
    private long charged;

    Reader(boolean bySpan, QueryBudget budget, Consumer<ProfileRows> each) {
      this.bySpan = bySpan;
      this.budget = budget;
      this.each = each;
      this.columns = new long[bySpan ? 7 : 4][0];
    }

    void piece(ProtoReader in) {
      int outer = in.enter();
      var numbers = new ProtoReader();
      var spans = new ProtoReader();
      boolean more = false;
      int count = 0;
      for (int tag = in.tag(); tag != 0; tag = in.tag()) {
        switch (tag) {
          case 1 << 3 | BYTES -> labels = LabelPairs.readField(in);
          case 2 << 3 | BYTES -> Columns.enter(in, numbers);
          case 3 << 3 | BYTES -> Columns.enter(in, spans);
          case 4 << 3 -> more = in.varint() != 0;
          case 5 << 3 -> count = in.varint32();
          default -> in.skip(tag);
        }
      }
      in.leave(outer);
      if (count < 0 || count > numbers.limit() - numbers.position()) {
        throw numbers.error(count + " rows", numbers.position());
      }
      reserve(count);
      long time = 0;
      for (int i = 0; i < count; i++, rows++) {
        time += numbers.zigzag64();
        columns[0][rows] = time;
        columns[1][rows] = numbers.zigzag64();
        columns[2][rows] = numbers.fixed64();
        columns[3][rows] = numbers.fixed64();
        for (int c = 4; c < columns.length; c++) {
          columns[c][rows] = spans.fixed64();
        }
      }
      if (!more) {
        series();
      }
    }

    private void reserve(int count) {
      if (columns[0].length - rows < count) {
        int capacity = Math.max(rows + count, 2 * rows);
        budget.charge((long) ROW_BYTES * (capacity - columns[0].length));
        charged += (long) ROW_BYTES * (capacity - columns[0].length);
        for (int c = 0; c < columns.length; c++) {
          columns[c] = Arrays.copyOf(columns[c], capacity);
        }
      }
    }

    private void series() {
      var own = new long[columns.length][];
      for (int c = 0; c < own.length; c++) {
        own[c] = Arrays.copyOf(columns[c], rows);
      }
      long[] none = {};
      each.accept(
          new ProfileRows(
              labels,
              rows,
              own[0],
              own[1],
              own[2],
              own[3],
              bySpan ? own[4] : none,
              bySpan ? own[5] : none,
              bySpan ? own[6] : none));
      rows = 0;
    }

    void close() {
      budget.release(charged);
    }
  }

  static void receive(
      RpcStream stream, boolean bySpan, QueryBudget budget, Consumer<ProfileRows> each) {
    var reader = new Reader(bySpan, budget, each);
    try (stream) {
      for (Optional<byte[]> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
        budget.check();
        var in = new ProtoReader(frame.get());
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
          if (tag == (1 << 3 | BYTES)) {
            reader.piece(in);
          } else {
            in.skip(tag);
          }
        }
      }
    } finally {
      reader.close();
    }
  }
}
