package io.foursight.cmd;

import io.foursight.config.LoadedConfig;
import io.foursight.config.TenantOverrides;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.ring.RingStore;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.ModuleGraph;
import io.foursight.runtime.ServiceGroup;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.server.Doors;
import io.foursight.runtime.server.TenantScope;
import io.foursight.runtime.telemetry.AdminRoutes;
import io.foursight.runtime.telemetry.Meters;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running process: the doors around the modules that its target asks for. The doors open
/// first, so that a taken port is found before anything else and probes get an answer; other
/// requests are refused until all modules run. Stopping goes the other way.
final class Foursight implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Foursight.class);

  private final LoadedConfig<FoursightConfig> config;
  private final TenantOverrides overrides;
  private final Meters meters;
  private final Doors doors;
  private final ClusterWiring cluster;
  private final ServiceGroup services;
  private final Set<String> roots;
  private Optional<ScheduledExecutorService> reloader = Optional.empty();
  private volatile boolean stopping;
  private boolean closed;

  /// Builds everything; no I/O but the overrides file, no threads.
  Foursight(LoadedConfig<FoursightConfig> config) {
    this(config, Optional.empty());
  }

  /// @param shared carries the rings of several of these in one process; empty = as configured
  Foursight(LoadedConfig<FoursightConfig> config, Optional<RingStore> shared) {
    FoursightConfig root = config.root();
    this.config = config;
    this.roots = Targets.roots(root.target());
    String file = root.runtimeConfig().file();
    this.overrides =
        new TenantOverrides(config, file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file)));
    this.meters = new Meters(Version.text());
    var tenants = new TenantScope(root.multitenancyEnabled(), root.tenantFederation().enabled());
    this.doors = new Doors(root.server(), tenants, meters.registry());
    overrides.load();
    new OverridesMetrics(meters.registry(), overrides);
    var context =
        new ComponentContext(
            doors, meters.registry(), Clock.systemUTC(), Path.of(root.storage().dataDir()));
    cluster = new ClusterWiring(root, context, shared, () -> doors.address(Door.INTERNAL_GRPC));
    List<Module> modules = new Wiring(config, overrides, context, cluster, roots).modules();
    var graph = new ModuleGraph(modules);
    this.services = graph.build(roots.stream().filter(graph.names()::contains).toList());
    new AdminRoutes(meters, config, overrides, this::notReady, () -> services).register(doors);
    cluster.attend(roots);
    cluster.pages(roots).register(doors);
  }

  /// Returns when ready, after the one line that says so.
  void start() {
    long begin = System.nanoTime();
    doors.start();
    try {
      services.start();
    } catch (RuntimeException | Error e) {
      doors.stop(Deadline.after(Duration.ofSeconds(1)));
      meters.close();
      throw e;
    }
    reloader = Optional.of(reloadOverrides());
    doors.open();
    cluster.activate();
    log.info(
        "Foursight is ready target={} version={} started_in={}ms data_dir={} {}",
        config.root().target(),
        Version.text(),
        (System.nanoTime() - begin) / 1_000_000,
        config.root().storage().dataDir(),
        doors.describe());
  }

  /// Where a door listens; empty when closed.
  Optional<InetSocketAddress> address(Door door) {
    return doors.address(door);
  }

  private Optional<String> notReady() {
    return stopping
        ? Optional.of("Application is stopping")
        : services.notReady().or(cluster::notReady);
  }

  private ScheduledExecutorService reloadOverrides() {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("overrides").factory());
    long millis = Math.max(100, config.root().runtimeConfig().period().toMillis());
    executor.scheduleWithFixedDelay(overrides::reload, millis, millis, TimeUnit.MILLISECONDS);
    return executor;
  }

  /// Drains and stops. Safe twice.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    stopping = true;
    log.info("stopping");
    Duration patience = config.root().server().gracefulShutdownTimeout();
    reloader.ifPresent(ScheduledExecutorService::shutdownNow);
    cluster.depart(Deadline.after(Duration.ofMinutes(2)));
    doors.stop(Deadline.after(patience.plusSeconds(1)));
    try {
      services.stop(Deadline.after(Duration.ofMinutes(2)));
    } catch (FoursightException e) {
      log.error("stopped with failures: {}", e.getMessage());
    }
    meters.close();
    log.info("stopped");
  }
}
