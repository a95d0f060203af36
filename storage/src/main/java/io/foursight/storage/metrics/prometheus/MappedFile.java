package io.foursight.storage.metrics.prometheus;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.Crc32c;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A mapped file, big-endian, with one cursor. The arena's owner unmaps it. Owned by one thread.
final class MappedFile {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Path path;
  private final MemorySegment bytes;
  private long position;

  MappedFile(Path path, Arena arena) {
    this.path = path;
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.NOT_FOUND, "cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  long size() {
    return bytes.byteSize();
  }

  long position() {
    return position;
  }

  MappedFile seek(long to) {
    if (to < 0 || to > size()) {
      throw corrupt("position " + to + " in a file of " + size() + " bytes");
    }
    position = to;
    return this;
  }

  private long advance(long count) {
    if (count < 0 || count > size() - position) {
      throw corrupt(count + " bytes wanted of " + (size() - position));
    }
    long at = position;
    position += count;
    return at;
  }

  int u8() {
    return bytes.get(ValueLayout.JAVA_BYTE, advance(1)) & 0xff;
  }

  int u32() {
    return bytes.get(INT, advance(4));
  }

  long u64() {
    return bytes.get(LONG, advance(8));
  }

  long uvarint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw corrupt("varint too long");
  }

  long varint() {
    long v = uvarint();
    return v >>> 1 ^ -(v & 1);
  }

  byte[] bytes(long length) {
    if (length > Integer.MAX_VALUE - 8) {
      throw corrupt(length + " bytes wanted at once");
    }
    long at = advance(length);
    var copy = new byte[(int) length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, (int) length);
    return copy;
  }

  String text() {
    return new String(bytes(uvarint()), StandardCharsets.UTF_8);
  }

  /// The CRC-32C of `length` bytes from `from` must be the number stored behind them.
  void check(long from, long length) {
    seek(from);
    byte[] covered = bytes(length);
    int stored = u32();
    int computed = Crc32c.of(covered, 0, covered.length);
    if (stored != computed) {
      seek(from);
      throw corrupt("checksum mismatch: stored %08x, computed %08x".formatted(stored, computed));
    }
  }

  FoursightException corrupt(String what) {
    return FoursightException.corrupt(path + ": " + what + " at offset " + position);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
