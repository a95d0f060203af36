package io.foursight.storage.encoding;

import io.foursight.model.FoursightException;
import java.nio.charset.StandardCharsets;

/// A cursor over bytes that were read from a file, little-endian. Everything that does not fit is
/// `CORRUPT` and names the file and the offset in it. Owned by one thread.
public final class ByteReader {
  private final byte[] bytes;
  private final int start;
  private final int end;
  private final String file;
  private final long fileOffset;
  private int position;

  /// @param fileOffset where `bytes[start]` lies in the file, for messages
  public ByteReader(byte[] bytes, int start, int end, String file, long fileOffset) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.file = file;
    this.fileOffset = fileOffset;
    this.position = start;
  }

  /// The bytes without the CRC-32C in their last four, after comparing it.
  public static ByteReader checked(byte[] bytes, int start, int end, String file, long fileOffset) {
    var reader = new ByteReader(bytes, start, end - 4, file, fileOffset);
    if (end - start < 4) {
      throw reader.corrupt("no room for a checksum in " + (end - start) + " bytes");
    }
    int stored = LittleEndian.getInt(bytes, end - 4);
    int computed = Crc32c.of(bytes, start, end - 4 - start);
    if (stored != computed) {
      throw reader.corrupt(
          "checksum mismatch over %d bytes: stored %08x, computed %08x"
              .formatted(end - 4 - start, stored, computed));
    }
    return reader;
  }

  public byte[] array() {
    return bytes;
  }

  /// Index into [#array].
  public int position() {
    return position;
  }

  public int end() {
    return end;
  }

  public int remaining() {
    return end - position;
  }

  /// Moves to an index of [#array].
  public void seek(int to) {
    if (to < start || to > end) {
      throw corrupt("position " + to + " outside " + start + ".." + end);
    }
    position = to;
  }

  public void skip(long count) {
    need(count);
    position += (int) count;
  }

  private void need(long count) {
    if (count < 0 || count > end - position) {
      throw corrupt("truncated: " + count + " bytes wanted, " + (end - position) + " left");
    }
  }

  public int u8() {
    need(1);
    return bytes[position++] & 0xff;
  }

  public int u32() {
    need(4);
    int v = LittleEndian.getInt(bytes, position);
    position += 4;
    return v;
  }

  public long u64() {
    need(8);
    long v = LittleEndian.getLong(bytes, position);
    position += 8;
    return v;
  }

  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw corrupt("a varint of more than ten bytes");
  }

  /// A varint that must lie in `0..max`.
  public int varint(int max) {
    long value = varint();
    if (value < 0 || value > max) {
      throw corrupt("number " + value + " outside 0.." + max);
    }
    return (int) value;
  }

  public long zigzag() {
    return Varint.unzigzag(varint());
  }

  public String text() {
    int length = varint(remaining());
    need(length);
    var text = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return text;
  }

  public byte[] bytes(int length) {
    need(length);
    var copy = new byte[length];
    System.arraycopy(bytes, position, copy, 0, length);
    position += length;
    return copy;
  }

  public FoursightException corrupt(String what) {
    return FoursightException.corrupt(
        file + ": " + what + " at offset " + (fileOffset + position - start));
  }
}
