package io.foursight.storage.object;

import io.foursight.model.Signal;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.util.function.Function;

/// Opens the object store of a place as the configuration says, with retries, hedging and counters
/// around it.
public final class ObjectStores {
  private ObjectStores() {}

  /// The place of a signal; the caller closes it.
  ///
  /// @throws io.foursight.model.FoursightException `UNAVAILABLE` when it cannot be reached or
  ///   written, `BAD_DATA` when settings are missing
  public static ObjectStore open(StorageConfig config, Signal signal, MeterRegistry registry) {
    return open(config, config.place(signal), signal.plural(), registry);
  }

  /// Another place, such as [StorageConfig#ruler()].
  ///
  /// @param name its label in metrics
  public static ObjectStore open(
      StorageConfig config, StorageConfig.Place place, String name, MeterRegistry registry) {
    var metrics = new ObjectStoreMetrics(registry, name);
    return switch (config.backend()) {
      case "filesystem" -> {
        String folder = place.bucketName().isEmpty() ? "" : place.bucketName() + "/";
        var files = new FilesystemObjectStore(config.objectsPath());
        yield new MeteredObjectStore(
            new PrefixedObjectStore(files, folder + place.prefix()), metrics);
      }
      case "memory" -> new MeteredObjectStore(new MemoryObjectStore(), metrics);
      default -> remote(place, metrics, bucket -> new S3ObjectStore(config.s3(), bucket), config);
    };
  }

  private static ObjectStore remote(
      StorageConfig.Place place,
      ObjectStoreMetrics metrics,
      Function<String, ObjectStore> opener,
      StorageConfig config) {
    String bucket = place.bucketName().isEmpty() ? config.s3().bucketName() : place.bucketName();
    ObjectStore requests = new MeteredObjectStore(opener.apply(bucket), metrics);
    ObjectStore hedged = new HedgingObjectStore(requests, metrics);
    ObjectStore retrying =
        new RetryingObjectStore(
            hedged, RetryingObjectStore.Policy.DEFAULT, Thread::sleep, new SecureRandom(), metrics);
    return new PrefixedObjectStore(retrying, place.prefix());
  }
}
