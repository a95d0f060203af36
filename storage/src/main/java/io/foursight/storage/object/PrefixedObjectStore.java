package io.foursight.storage.object;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A part of another store, seen as a store of its own: every key is put behind a folder. Closing
/// it closes the store below.
public final class PrefixedObjectStore implements ObjectStore {
  private final ObjectStore store;
  private final String folder;

  /// @param prefix a folder, with or without its last `/`; empty = the store itself
  public PrefixedObjectStore(ObjectStore store, String prefix) {
    this.store = store;
    this.folder = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    ObjectKeys.checkFolder(folder);
  }

  private String outer(String key) {
    return folder + ObjectKeys.checkKey(key);
  }

  private ObjectInfo inner(ObjectInfo info) {
    return new ObjectInfo(
        info.key().substring(folder.length()), info.sizeBytes(), info.modifiedMillis());
  }

  @Override
  public Optional<byte[]> get(String key) {
    return store.get(outer(key));
  }

  @Override
  public Optional<byte[]> get(String key, long offset, int length) {
    return store.get(outer(key), offset, length);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return store.head(outer(key)).map(this::inner);
  }

  @Override
  public void put(String key, byte[] bytes) {
    store.put(outer(key), bytes);
  }

  @Override
  public void put(String key, Path file) {
    store.put(outer(key), file);
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    return store.putIfAbsent(outer(key), bytes);
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    ObjectKeys.checkPrefix(prefix);
    return store.list(folder + prefix).stream().map(this::inner).toList();
  }

  @Override
  public Listing listFolder(String prefix) {
    ObjectKeys.checkFolder(prefix);
    Listing listing = store.listFolder(folder + prefix);
    return new Listing(
        listing.objects().stream().map(this::inner).toList(),
        listing.folders().stream().map(f -> f.substring(folder.length())).toList());
  }

  @Override
  public void delete(String key) {
    store.delete(outer(key));
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public String toString() {
    return store + "/" + folder;
  }
}
