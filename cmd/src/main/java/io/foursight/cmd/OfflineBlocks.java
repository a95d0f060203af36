package io.foursight.cmd;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.runtime.telemetry.LogLevel;
import io.foursight.runtime.telemetry.Logging;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.block.PageCache;
import io.foursight.storage.object.ObjectStore;
import io.foursight.storage.object.ObjectStores;
import io.foursight.storage.object.StorageConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The metrics blocks of the configured object store, opened by a tool. It touches nothing but the
/// object store and a scratch directory of its own, so that a server may run on the same store and
/// data directory. Owned by one thread.
final class OfflineBlocks implements AutoCloseable {
  private static final long PAGE_CACHE_BYTES = 32L << 20;

  private final StorageConfig config;
  private final ObjectStore objects;
  private final ObjectBlockStore blocks;
  private Optional<Path> scratch = Optional.empty();

  private OfflineBlocks(StorageConfig config) {
    this.config = config;
    var meters = new SimpleMeterRegistry();
    objects = ObjectStores.open(config, Signal.METRICS, meters);
    // Pages come from the store itself, never from a shared cache: verification depends on it.
    blocks =
        new ObjectBlockStore(objects, Clock.systemUTC(), new PageCache(PAGE_CACHE_BYTES, meters));
  }

  /// For reading.
  ///
  /// @throws FoursightException `BAD_DATA` when there is no such store
  static OfflineBlocks open(ToolArguments arguments) {
    StorageConfig config = storage(arguments);
    if (config.backend().equals("filesystem") && !Files.isDirectory(config.objectsPath())) {
      throw FoursightException.badData(
          "there is no object store in "
              + config.objectsPath()
              + "; name it with -config.file=, -storage.data-dir= or -storage.filesystem.dir=");
    }
    return new OfflineBlocks(config);
  }

  /// For writing too; a store in a directory is made when it is not there.
  static OfflineBlocks create(ToolArguments arguments) {
    return new OfflineBlocks(storage(arguments));
  }

  private static StorageConfig storage(ToolArguments arguments) {
    StorageConfig config = arguments.config().root().storage();
    if (config.backend().equals("memory")) {
      throw FoursightException.badData(
          "-storage.backend=memory lives inside a server's process; a tool cannot reach it");
    }
    // After the flags are found right; a tool's output is its own, the log tells trouble only.
    Logging.configure(LogLevel.WARN);
    return config;
  }

  ObjectBlockStore store() {
    return blocks;
  }

  /// The tenant that `-tenant` names, or every tenant.
  List<TenantId> tenants(ToolArguments arguments) {
    return arguments
        .value("tenant")
        .map(tenant -> List.of(new TenantId(tenant)))
        .orElseGet(() -> List.copyOf(blocks.tenants()));
  }

  static TenantId tenant(ToolArguments arguments) {
    return arguments.value("tenant").map(TenantId::new).orElse(TenantId.ANONYMOUS);
  }

  /// A directory for files under way, below the data directory; deleted by [#close].
  Path scratch() {
    if (scratch.isEmpty()) {
      Path tools = config.dataPath().resolve("tools");
      try {
        Files.createDirectories(tools);
        scratch = Optional.of(Files.createTempDirectory(tools, "work-"));
      } catch (IOException e) {
        throw new FoursightException(
            ErrorKind.UNAVAILABLE, "cannot make a scratch directory in " + tools + ": " + e, e);
      }
    }
    return scratch.get();
  }

  /// Removes a directory of the scratch space with everything in it.
  static void deleteTree(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (var tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE, "cannot delete " + directory + ": " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      scratch.ifPresent(OfflineBlocks::deleteTree);
    } finally {
      objects.close();
    }
  }
}
