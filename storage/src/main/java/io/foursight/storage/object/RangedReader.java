package io.foursight.storage.object;

import java.util.ArrayList;
import java.util.List;

/// Random access to one immutable file or object of known length. Safe from any thread; calls
/// block.
///
/// Errors: `UNAVAILABLE` when the bytes cannot be fetched now, `NOT_FOUND` when the file or object
/// is gone, `CORRUPT` when a range does not lie inside, or the object is shorter than it was said
/// to be.
public interface RangedReader extends AutoCloseable {
  /// A piece of the file.
  record Range(long offset, int length) {
    public long end() {
      return offset + length;
    }
  }

  /// What is read, for messages: a path or key.
  default String name() {
    return toString();
  }

  long size();

  /// `length` bytes from `offset`; the array is the caller's.
  byte[] read(long offset, int length);

  /// Several pieces at once, answered in the order asked. Implementations over a network fetch
  /// neighbours in one request and distant ones in parallel; ask for all that a step needs
  /// together.
  default List<byte[]> readAll(List<Range> ranges) {
    var pieces = new ArrayList<byte[]>(ranges.size());
    for (Range range : ranges) {
      pieces.add(read(range.offset(), range.length()));
    }
    return pieces;
  }

  @Override
  default void close() {}
}
