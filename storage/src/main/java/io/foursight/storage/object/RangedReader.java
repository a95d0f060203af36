package io.foursight.storage.object;

/// Random access to one immutable file or object. Safe from any thread; calls block. Errors are
/// those of the store behind it; a file that is not there is `NOT_FOUND`.
public interface RangedReader {
  long size();

  /// `length` bytes from `offset`; the array is the caller's.
  ///
  /// @throws io.foursight.model.FoursightException `CORRUPT` when the range does not lie inside
  byte[] read(long offset, int length);
}
