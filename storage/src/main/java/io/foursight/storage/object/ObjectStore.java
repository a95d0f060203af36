package io.foursight.storage.object;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A flat store of immutable objects under `/`-separated keys (no leading `/`, no empty, `.` or
/// `..` segment). Strongly consistent: a put that returned is seen by every later get and list.
/// Safe from any thread; calls block.
///
/// Errors are `FoursightException`: `UNAVAILABLE` when the store cannot be reached or refuses
/// (after retries), `BAD_DATA` for a bad key. A failed put leaves the old object or the new one,
/// never a part.
public interface ObjectStore extends AutoCloseable {
  /// @param key full key
  /// @param sizeBytes length of the object
  record ObjectInfo(String key, long sizeBytes, long modifiedMillis) {}

  /// A listing with a delimiter: objects directly under the prefix and the "folders" there (ending
  /// in `/`).
  record Listing(List<ObjectInfo> objects, List<String> folders) {}

  /// The whole object; empty when absent.
  Optional<byte[]> get(String key);

  /// `length` bytes from `offset`, fewer only at the object's end; empty when absent. An offset at
  /// or past the end gives an empty array.
  Optional<byte[]> get(String key, long offset, int length);

  Optional<ObjectInfo> head(String key);

  void put(String key, byte[] bytes);

  /// Uploads a local file, in parts when large. The object appears whole or not at all.
  void put(String key, Path file);

  /// Creates only if the key is absent, atomically against every other writer.
  ///
  /// @return false when it exists
  boolean putIfAbsent(String key, byte[] bytes);

  /// All objects whose key starts with the prefix, ascending by key.
  List<ObjectInfo> list(String prefix);

  /// One level below `prefix` (empty, or ending in `/`).
  Listing listFolder(String prefix);

  /// Deletes; absent is fine.
  void delete(String key);

  @Override
  void close();
}
