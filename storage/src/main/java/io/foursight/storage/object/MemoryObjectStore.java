package io.foursight.storage.object;

import io.foursight.model.FoursightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/// Objects in the heap of this process, for tests and throw-away runs. Bounded only by the heap.
public final class MemoryObjectStore implements ObjectStore {
  private record Stored(byte[] bytes, long modifiedMillis) {}

  private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final InstantSource clock;

  public MemoryObjectStore() {
    this(InstantSource.system());
  }

  /// @param clock the source of modification times
  public MemoryObjectStore(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Optional<byte[]> get(String key) {
    return Optional.ofNullable(objects.get(ObjectKeys.checkKey(key))).map(s -> s.bytes.clone());
  }

  @Override
  public Optional<byte[]> get(String key, long offset, int length) {
    ObjectKeys.checkRange(ObjectKeys.checkKey(key), offset, length);
    return Optional.ofNullable(objects.get(key))
        .map(s -> {
          int from = (int) Math.min(offset, s.bytes.length);
          return Arrays.copyOfRange(
              s.bytes, from, (int) Math.min((long) from + length, s.bytes.length));
        });
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return Optional.ofNullable(objects.get(ObjectKeys.checkKey(key))).map(s -> info(key, s));
  }

  @Override
  public void put(String key, byte[] bytes) {
    objects.put(ObjectKeys.checkKey(key), stored(bytes));
  }

  @Override
  public void put(String key, Path file) {
    ObjectKeys.checkKey(key);
    try {
      put(key, Files.readAllBytes(file));
    } catch (IOException e) {
      throw FilesystemObjectStore.unavailable("read", file, e);
    }
  }

  @Override
  public boolean putIfAbsent(String key, byte[] bytes) {
    return objects.putIfAbsent(ObjectKeys.checkKey(key), stored(bytes)) == null;
  }

  private Stored stored(byte[] bytes) {
    return new Stored(bytes.clone(), clock.millis());
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    ObjectKeys.checkPrefix(prefix);
    var found = new ArrayList<ObjectInfo>();
    for (var e : objects.tailMap(prefix, true).entrySet()) {
      if (!e.getKey().startsWith(prefix)) {
        break;
      }
      found.add(info(e.getKey(), e.getValue()));
    }
    return found;
  }

  @Override
  public Listing listFolder(String prefix) {
    ObjectKeys.checkFolder(prefix);
    var direct = new ArrayList<ObjectInfo>();
    var folders = new LinkedHashSet<String>();
    for (ObjectInfo info : list(prefix)) {
      int slash = info.key().indexOf('/', prefix.length());
      if (slash < 0) {
        direct.add(info);
      } else {
        folders.add(info.key().substring(0, slash + 1));
      }
    }
    return new Listing(direct, List.copyOf(folders));
  }

  @Override
  public void delete(String key) {
    objects.remove(ObjectKeys.checkKey(key));
  }

  @Override
  public void close() {}

  private static ObjectInfo info(String key, Stored s) {
    return new ObjectInfo(key, s.bytes.length, s.modifiedMillis);
  }

  /// The keys and sizes, for failed assertions.
  @Override
  public String toString() {
    return "memory" + list("");
  }

  static FoursightException tooLarge(String key, long size) {
    return FoursightException.badData(
        "object \"" + key + "\" has " + size + " bytes, too many to read whole; read ranges");
  }
}
