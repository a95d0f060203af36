package io.foursight.storage.traces.block.v1;

import com.github.luben.zstd.Zstd;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.encoding.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/// The part of the index that a reader keeps in memory.
///
/// ```
/// | raw length varint | zstd | crc u32 |, unpacked:
/// | columns: count varint, (key text, type u8, name text, also listed u8)... | groups: count varint, GroupStats... |
/// | tokens BitMatrix | trace ids BitMatrix | tags | tail offset varint | tail length varint | tail |
/// ```
///
/// @param columns attribute columns of the Parquet file, in its order
/// @param tokens filters of the row groups over [Tokens]
/// @param traces a filter of one set over `mix(high, 0, low)` of the trace ids
/// @param tailOffset where the Parquet file's page indexes begin
/// @param tail everything of that file from there on, footer included, packed
record IndexHead(
    List<AttributeColumn> columns,
    List<GroupStats> groups,
    BitMatrix tokens,
    BitMatrix traces,
    TagCollector tags,
    long tailOffset,
    int tailLength,
    byte[] tail) {
  private static final int MAX_BYTES = 1 << 30;
  private static final int LEVEL = 3;

  static ByteWriter pack(
      List<AttributeColumn> columns,
      List<GroupStats> groups,
      BitMatrix tokens,
      BitMatrix traces,
      TagCollector tags,
      long tailOffset,
      byte[] tail) {
    var raw = new ByteWriter(64 << 10);
    raw.varint(columns.size());
    columns.forEach(column -> column.write(raw));
    raw.varint(groups.size());
    groups.forEach(group -> group.write(raw));
    tokens.write(raw);
    traces.write(raw);
    tags.write(raw);
    raw.varint(tailOffset);
    raw.varint(tail.length);
    byte[] packedTail = Zstd.compress(tail, LEVEL);
    raw.varint(packedTail.length);
    raw.bytes(packedTail, 0, packedTail.length);
    byte[] zstd = Zstd.compress(raw.toByteArray(), LEVEL);
    var packed = new ByteWriter(zstd.length + 16);
    packed.varint(raw.size());
    packed.bytes(zstd, 0, zstd.length);
    packed.checksum(0);
    return packed;
  }

  /// @param offset where the bytes lie in the index file
  static IndexHead unpack(byte[] bytes, int start, int end, long offset) {
    var packed = ByteReader.checked(bytes, start, end, TracesBlockFormat.INDEX, offset);
    byte[] raw = inflate(packed, packed.varint(MAX_BYTES), packed.remaining());
    var in = new ByteReader(raw, 0, raw.length, TracesBlockFormat.INDEX, 0);
    int columnCount = in.varint(in.remaining());
    var columns = new ArrayList<AttributeColumn>(columnCount);
    for (int c = 0; c < columnCount; c++) {
      columns.add(AttributeColumn.read(in));
    }
    int groupCount = in.varint(in.remaining());
    var groups = new ArrayList<GroupStats>(groupCount);
    for (int g = 0; g < groupCount; g++) {
      groups.add(GroupStats.read(in));
    }
    var tokens = BitMatrix.read(in);
    var traces = BitMatrix.read(in);
    var tags = TagCollector.read(in);
    long tailOffset = in.varint();
    int tailLength = in.varint(MAX_BYTES);
    byte[] tail = in.bytes(in.varint(in.remaining()));
    return new IndexHead(
        List.copyOf(columns),
        List.copyOf(groups),
        tokens,
        traces,
        tags,
        tailOffset,
        tailLength,
        tail);
  }

  private static byte[] inflate(ByteReader in, int length, int packed) {
    var raw = new byte[length];
    long got = Zstd.decompressByteArray(raw, 0, length, in.array(), in.position(), packed);
    if (got != length) {
      throw in.corrupt("section of " + length + " bytes does not unpack");
    }
    return raw;
  }

  /// The end of the Parquet file.
  byte[] unpackTail() {
    return inflate(
        new ByteReader(tail, 0, tail.length, TracesBlockFormat.INDEX, 0), tailLength, tail.length);
  }
}
