package io.foursight.wire.traces.rpc;

import io.foursight.model.traces.SpanColumn;
import io.foursight.model.traces.SpanField;
import io.foursight.model.traces.SpanPage;
import io.foursight.model.traces.SpanTexts;
import io.foursight.model.traces.TracesStats;
import io.foursight.wire.protobuf.ProtoReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Unpacks what a [SpanPageWriter] packed. Owned by one thread.
final class SpanPageReader {
  private static final int BYTES = ProtoReader.BYTES;

  private final List<SpanField> fields;
  private TracesStats scanned = TracesStats.NONE;

  /// @param fields those asked for
  SpanPageReader(List<SpanField> fields) {
    this.fields = fields;
  }

  /// The columns of a frame where they lie.
  private static final class Frame {
    private final ProtoReader traces = new ProtoReader();
    private final ProtoReader ids = new ProtoReader();
    private final ProtoReader parents = new ProtoReader();
    private final ProtoReader starts = new ProtoReader();
    private final ProtoReader ends = new ProtoReader();
    private final ProtoReader kinds = new ProtoReader();
    private final ProtoReader statuses = new ProtoReader();
    private final List<SpanColumn> columns = new ArrayList<>();
    private int rows;
  }

  TracesStats scanned() {
    return scanned;
  }

  /// @return its rows; empty when it has none
  Optional<SpanPage> frame(byte[] bytes) {
    var in = new ProtoReader(bytes);
    var frame = new Frame();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> {
          frame.rows = in.varint32();
          if (frame.rows < 0 || frame.rows > bytes.length) {
            throw in.error(frame.rows + " rows", in.position());
          }
        }
        case 2 << 3 | BYTES -> TracesBatchCodec.column(in, frame.traces);
        case 3 << 3 | BYTES -> TracesBatchCodec.column(in, frame.ids);
        case 4 << 3 | BYTES -> TracesBatchCodec.column(in, frame.parents);
        case 5 << 3 | BYTES -> TracesBatchCodec.column(in, frame.starts);
        case 6 << 3 | BYTES -> TracesBatchCodec.column(in, frame.ends);
        case 7 << 3 | BYTES -> TracesBatchCodec.column(in, frame.kinds);
        case 8 << 3 | BYTES -> TracesBatchCodec.column(in, frame.statuses);
        case 9 << 3 | BYTES -> {
          if (frame.columns.size() == fields.size()) {
            throw in.error("more columns than were asked for", in.position());
          }
          frame.columns.add(column(in, fields.get(frame.columns.size()), frame.rows));
        }
        case 10 << 3 | BYTES -> scanned = readStats(in);
        default -> in.skip(tag);
      }
    }
    if (frame.rows > 0 && frame.columns.size() < fields.size()) {
      throw in.error(frame.columns.size() + " columns of " + fields.size(), in.position());
    }
    return frame.rows == 0 ? Optional.empty() : Optional.of(page(frame));
  }

  private static SpanPage page(Frame frame) {
    int rows = frame.rows;
    var highs = new long[rows];
    var lows = new long[rows];
    for (int row = 0; row < rows; ) {
      int end = row + frame.traces.varint32();
      if (end <= row || end > rows) {
        throw frame.traces.error("rows " + row + ".." + end + " of a trace", row);
      }
      Arrays.fill(highs, row, end, frame.traces.fixed64());
      Arrays.fill(lows, row, end, frame.traces.fixed64());
      row = end;
    }
    var starts = new long[rows];
    var ends = new long[rows];
    long last = 0;
    for (int row = 0; row < rows; row++) {
      last += frame.starts.zigzag64();
      starts[row] = last;
      ends[row] = last + frame.ends.zigzag64();
    }
    return new SpanPage(
        rows,
        highs,
        lows,
        ids(frame.ids, rows),
        frame.parents.atEnd() ? new long[rows] : ids(frame.parents, rows),
        starts,
        ends,
        bytes(frame.kinds, rows),
        bytes(frame.statuses, rows),
        frame.columns);
  }

  private static long[] ids(ProtoReader in, int rows) {
    var ids = new long[rows];
    for (int row = 0; row < rows; row++) {
      ids[row] = in.fixed64();
    }
    return ids;
  }

  private static byte[] bytes(ProtoReader in, int count) {
    if (in.limit() - in.position() != count) {
      throw in.error((in.limit() - in.position()) + " bytes for " + count, in.position());
    }
    return Arrays.copyOfRange(in.array(), in.position(), in.limit());
  }

  private static SpanColumn column(ProtoReader in, SpanField field, int rows) {
    int outer = in.enter();
    int bits = 0;
    var counts = new ProtoReader();
    var types = new ProtoReader();
    var numbers = new ProtoReader();
    var texts = new ProtoReader();
    var arrays = new ProtoReader();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> bits = in.varint32();
        case 2 << 3 | BYTES -> TracesBatchCodec.column(in, counts);
        case 3 << 3 | BYTES -> TracesBatchCodec.column(in, types);
        case 4 << 3 | BYTES -> TracesBatchCodec.column(in, numbers);
        case 5 << 3 | BYTES -> TracesBatchCodec.column(in, texts);
        case 6 << 3 | BYTES -> TracesBatchCodec.column(in, arrays);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    boolean several = (bits & 1) != 0;
    var ends = new int[several ? rows : 0];
    long values = several ? 0 : rows;
    for (int row = 0; row < ends.length; row++) {
      values += Math.max(0, counts.varint32());
      ends[row] = (int) Math.min(values, Integer.MAX_VALUE);
    }
    if (values != types.limit() - types.position()) {
      throw types.error(values + " values with another number of types", types.position());
    }
    boolean mayBeArray = (bits & 2) != 0;
    SpanTexts known = texts(texts);
    byte[] kinds = bytes(types, (int) values);
    return new SpanColumn(
        field,
        ends,
        kinds,
        numbers(numbers, kinds, known.size()),
        known,
        mayBeArray,
        mayBeArray ? flags(bytes(arrays, rows)) : new boolean[0]);
  }

  private static long[] numbers(ProtoReader in, byte[] types, int texts) {
    var numbers = new long[types.length];
    for (int v = 0; v < types.length; v++) {
      numbers[v] =
          switch (types[v]) {
            case SpanColumn.ABSENT -> 0;
            case SpanColumn.TEXT -> {
              int code = in.varint32();
              if (code < 0 || code >= texts) {
                throw in.error("text " + code + " of " + texts, in.position());
              }
              yield code;
            }
            case SpanColumn.DOUBLE -> in.fixed64();
            case SpanColumn.BOOL -> in.varint();
            default -> in.zigzag64();
          };
    }
    return numbers;
  }

  private static SpanTexts texts(ProtoReader in) {
    if (in.atEnd()) {
      return SpanTexts.NONE;
    }
    var bytes = new byte[in.limit() - in.position()];
    var starts = new int[16];
    int count = 0;
    int size = 0;
    while (!in.atEnd()) {
      int length = in.length();
      System.arraycopy(in.array(), in.position(), bytes, size, length);
      in.position(in.position() + length);
      size += length;
      if (count + 1 == starts.length) {
        starts = Arrays.copyOf(starts, 2 * starts.length);
      }
      starts[++count] = size;
    }
    return new SpanTexts(bytes, starts, count);
  }

  private static boolean[] flags(byte[] bytes) {
    var flags = new boolean[bytes.length];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = bytes[i] != 0;
    }
    return flags;
  }

  static TracesStats readStats(ProtoReader in) {
    int outer = in.enter();
    long bytes = 0;
    long spans = 0;
    long traces = 0;
    long blocks = 0;
    long blockBytes = 0;
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      switch (tag) {
        case 1 << 3 -> bytes = in.varint();
        case 2 << 3 -> spans = in.varint();
        case 3 << 3 -> traces = in.varint();
        case 4 << 3 -> blocks = in.varint();
        case 5 << 3 -> blockBytes = in.varint();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return new TracesStats(bytes, spans, traces, blocks, blockBytes);
  }
}
