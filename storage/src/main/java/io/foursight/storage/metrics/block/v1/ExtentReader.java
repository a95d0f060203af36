package io.foursight.storage.metrics.block.v1;

import io.foursight.model.FoursightException;
import io.foursight.storage.encoding.ByteReader;
import io.foursight.storage.object.RangedReader;
import java.util.Arrays;
import java.util.List;

/// Reads sections of one file through cached, aligned extents, so that neighbouring small sections
/// cost one read. Safe from any thread.
final class ExtentReader implements AutoCloseable {
  private record Extent(byte[] bytes) implements MetricsBlockCache.Page {
    @Override
    public int weight() {
      return bytes.length;
    }
  }

  private final RangedReader file;
  private final String name;
  private final long size;
  private final int extentBytes;
  private final MetricsBlockCache cache;
  private final long readerId;
  private final int kind;

  ExtentReader(
      RangedReader file,
      String name,
      long size,
      int extentBytes,
      MetricsBlockCache cache,
      long readerId,
      int kind) {
    this.file = file;
    this.name = name;
    this.size = size;
    this.extentBytes = extentBytes;
    this.cache = cache;
    this.readerId = readerId;
    this.kind = kind;
  }

  long size() {
    return size;
  }

  String name() {
    return name;
  }

  /// A section that ends in a CRC-32C, which is compared and left out.
  ByteReader section(long offset, long length) {
    byte[] bytes = read(offset, length);
    return ByteReader.checked(bytes, 0, bytes.length, name, offset);
  }

  byte[] read(long offset, long length) {
    if (offset < 0 || length < 0 || length > Integer.MAX_VALUE - 8 || offset > size - length) {
      throw FoursightException.corrupt(
          name + ": section of " + length + " bytes at offset " + offset + " in a file of " + size);
    }
    if (length == 0) {
      return new byte[0];
    }
    long first = offset / extentBytes;
    long last = (offset + length - 1) / extentBytes;
    if (last - first >= 4) {
      return fully(offset, (int) length);
    }
    var into = new byte[(int) length];
    for (long e = first; e <= last; e++) {
      byte[] extent = extent(e, last);
      long start = e * extentBytes;
      long from = Math.max(offset, start);
      long to = Math.min(offset + length, start + extent.length);
      System.arraycopy(
          extent, (int) (from - start), into, (int) (from - offset), (int) (to - from));
    }
    return into;
  }

  /// The extent, read together with the missing ones up to `last`.
  private byte[] extent(long number, long last) {
    Extent cached = cache.find(Extent.class, readerId, kind, number);
    if (cached != null) {
      return cached.bytes;
    }
    long end = number;
    while (end < last && cache.find(Extent.class, readerId, kind, end + 1) == null) {
      end++;
    }
    long start = number * extentBytes;
    byte[] bytes = fully(start, (int) (Math.min(size, (end + 1) * extentBytes) - start));
    byte[] wanted = null;
    for (long e = number; e <= end; e++) {
      int from = (int) (e - number) * extentBytes;
      byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + extentBytes));
      cache.put(readerId, kind, e, new Extent(part));
      wanted = wanted == null ? part : wanted;
    }
    return wanted;
  }

  /// Puts in what was read already: the end of the file from `offset`, which is a multiple of the
  /// extent size.
  void seed(long offset, byte[] tail) {
    for (int from = 0; from < tail.length; from += extentBytes) {
      byte[] part = Arrays.copyOfRange(tail, from, Math.min(tail.length, from + extentBytes));
      cache.put(readerId, kind, (offset + from) / extentBytes, new Extent(part));
    }
  }

  byte[] fully(long offset, int length) {
    byte[] bytes = file.read(offset, length);
    if (bytes.length != length) {
      throw FoursightException.corrupt(
          name + ": truncated: " + bytes.length + " of " + length + " bytes at offset " + offset);
    }
    return bytes;
  }

  /// Several pieces at once.
  List<byte[]> fully(List<RangedReader.Range> ranges) {
    List<byte[]> pieces = file.readAll(ranges);
    for (int i = 0; i < ranges.size(); i++) {
      RangedReader.Range range = ranges.get(i);
      if (pieces.get(i).length != range.length()) {
        throw FoursightException.corrupt(
            "%s: truncated: %d of %d bytes at offset %d"
                .formatted(name, pieces.get(i).length, range.length(), range.offset()));
      }
    }
    return pieces;
  }

  @Override
  public void close() {
    file.close();
  }
}
