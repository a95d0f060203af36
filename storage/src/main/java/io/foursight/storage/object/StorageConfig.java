package io.foursight.storage.object;

import io.foursight.config.ByteSize;
import io.foursight.config.Setting;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Section `storage`: where bytes lie. Every signal, the ruler and the alertmanager have a place of
/// their own.
public record StorageConfig(
    @Setting("Object store: `filesystem`, `s3` or, for throw-away runs, `memory`.") String backend,
    @Setting("Local directory for the write-ahead log, scratch files and, by default, objects.")
        String dataDir,
    @Setting("The object store in a directory.") Filesystem filesystem,
    @Setting("The object store on S3 or anything that speaks its protocol.") S3Config s3,
    @Setting("Caches of what was read from the object store.") PageCaching cache,
    @Setting("Place of metrics.") Place metrics,
    @Setting("Place of logs.") Place logs,
    @Setting("Place of traces.") Place traces,
    @Setting("Place of profiles.") Place profiles,
    @Setting("Place of the ruler.") Place ruler,
    @Setting("Place of the alertmanager.") Place alertmanager) {

  /// Section `storage.filesystem`.
  public record Filesystem(
      @Setting("Directory of the objects; empty = `objects` in the data directory.") String dir) {}

  /// Section `storage.cache`.
  public record PageCaching(
      @Setting("Heap for pages of objects.") ByteSize pageCacheSize,
      @Setting(
              "Memcached servers, host:port, that share pages between processes; none = no"
                  + " memcached.")
          List<String> memcachedAddresses,
      @Setting("Longest wait for memcached; then the object store is asked.")
          Duration memcachedTimeout) {
    public PageCaching {
      memcachedAddresses = List.copyOf(memcachedAddresses);
    }
  }

  /// A part of the object store.
  public record Place(
      @Setting("Bucket; empty = the shared one (with the filesystem: no folder).")
          String bucketName,
      @Setting("Folder in the bucket.") String prefix) {}

  public static StorageConfig defaults() {
    return new StorageConfig(
        "filesystem",
        "./data",
        new Filesystem(""),
        S3Config.defaults(),
        new PageCaching(ByteSize.ofMebibytes(64), List.of(), Duration.ofMillis(200)),
        new Place("", "metrics"),
        new Place("", "logs"),
        new Place("", "traces"),
        new Place("", "profiles"),
        new Place("", "ruler"),
        new Place("", "alertmanager"));
  }

  /// @throws FoursightException `BAD_DATA` for an unknown backend, a bad prefix, or two places that
  ///   are the same or lie in each other
  public StorageConfig {
    if (!List.of("filesystem", "s3", "memory").contains(backend)) {
      throw FoursightException.badData(
          "storage.backend is \"" + backend + "\"; it can be filesystem, s3 or memory");
    }
    var resolved = new LinkedHashMap<String, String>();
    resolved.put("metrics", resolve(backend, s3, metrics, "metrics"));
    resolved.put("logs", resolve(backend, s3, logs, "logs"));
    resolved.put("traces", resolve(backend, s3, traces, "traces"));
    resolved.put("profiles", resolve(backend, s3, profiles, "profiles"));
    resolved.put("ruler", resolve(backend, s3, ruler, "ruler"));
    resolved.put("alertmanager", resolve(backend, s3, alertmanager, "alertmanager"));
    for (Map.Entry<String, String> a : resolved.entrySet()) {
      for (Map.Entry<String, String> b : resolved.entrySet()) {
        if (!a.getKey().equals(b.getKey()) && b.getValue().startsWith(a.getValue())) {
          throw FoursightException.badData(
              "storage."
                  + a.getKey()
                  + " and storage."
                  + b.getKey()
                  + " are the same place or lie in each other: "
                  + a.getValue()
                  + " and "
                  + b.getValue()
                  + "; give one of them another prefix or bucket_name");
        }
      }
    }
  }

  private static String resolve(String backend, S3Config s3, Place place, String name) {
    String bucket =
        place.bucketName().isEmpty() && backend.equals("s3") ? s3.bucketName() : place.bucketName();
    String prefix = place.prefix();
    try {
      if (!bucket.isEmpty()) {
        ObjectKeys.checkKey(bucket);
      }
      if (!prefix.isEmpty()) {
        ObjectKeys.checkPrefix(prefix);
      }
    } catch (FoursightException e) {
      throw FoursightException.badData("storage." + name + ": " + e.getMessage());
    }
    String path = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    return bucket + "/" + path;
  }

  public Place place(Signal signal) {
    return switch (signal) {
      case METRICS -> metrics;
      case LOGS -> logs;
      case TRACES -> traces;
      case PROFILES -> profiles;
    };
  }

  public Path dataPath() {
    return Path.of(dataDir);
  }

  public Path objectsPath() {
    return filesystem.dir().isEmpty() ? dataPath().resolve("objects") : Path.of(filesystem.dir());
  }
}
