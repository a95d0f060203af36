package io.foursight.runtime.server;

import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.foursight.model.Deadline;
import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.runtime.Service;
import io.foursight.runtime.client.GrpcCompression;
import io.foursight.runtime.http.Door;
import io.foursight.runtime.http.HttpHandler;
import io.foursight.runtime.http.HttpRoutes;
import io.foursight.runtime.http.SocketHandler;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.channel.EventLoopGroup;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// All listening ports of the process. Routes are added first; [#start] opens the ports, on which
/// only the routes of [#addAlways] answer until [#open], all others with 503. [#stop] closes the
/// ports and lets running requests end.
public final class Doors implements HttpRoutes, Service {
  /// How long there must be no request before a stop believes that there will be none.
  private static final Duration QUIET_PERIOD = Duration.ofMillis(10);

  private final ServerConfig config;
  private final Workers workers;
  private final TenantScope tenants;
  private final GrpcGuard guard;
  private final Map<Door, RouteTable> routes = new EnumMap<>(Door.class);
  private final Map<Door, GrpcAdapter> adapters = new EnumMap<>(Door.class);
  private final Map<Door, Map<String, SocketService>> sockets = new EnumMap<>(Door.class);
  private final Map<Door, List<ServerServiceDefinition>> services = new EnumMap<>(Door.class);
  private final Map<Door, Server> httpServers = new EnumMap<>(Door.class);
  private final Map<Door, io.grpc.Server> grpcServers = new EnumMap<>(Door.class);
  private final List<Runnable> drained = new ArrayList<>();
  private EventLoopGroup eventLoops;

  public Doors(ServerConfig config, TenantScope tenants, MeterRegistry registry) {
    this.config = config;
    this.tenants = tenants;
    this.workers = new Workers(config.maxConcurrentRequests(), new ServerMetrics(registry));
    this.guard = new GrpcGuard(tenants, workers);
    for (Door door : Door.values()) {
      if (ServerConfig.isGrpcOnly(door)) {
        services.put(door, new ArrayList<>());
      } else {
        routes.put(door, new RouteTable());
        sockets.put(door, new LinkedHashMap<>());
        adapters.put(door, new GrpcAdapter(workers, config.maxRequestBodySize().bytes()));
      }
    }
  }

  @Override
  public void add(
      Door door,
      Set<String> methods,
      String pattern,
      String name,
      ErrorShape errors,
      HttpHandler handler) {
    table(door)
        .add(methods, pattern, new RouteTable.Route(name, pattern, errors, handler, false, true));
  }

  /// Adds a route to every HTTP door that answers at any time: probes, metrics, admin pages.
  public void addAlways(Set<String> methods, String pattern, String name, HttpHandler handler) {
    routes
        .values()
        .forEach(table ->
            table.add(
                methods,
                pattern,
                new RouteTable.Route(name, pattern, ErrorShape.TEXT, handler, true, false)));
  }

  @Override
  public void addEverywhere(
      Set<String> methods, String pattern, String name, ErrorShape errors, HttpHandler handler) {
    routes
        .values()
        .forEach(table ->
            table.add(
                methods,
                pattern,
                new RouteTable.Route(name, pattern, errors, handler, false, false)));
  }

  @Override
  public void addSocket(
      Door door, String pattern, String name, ErrorShape errors, SocketHandler handler) {
    var service = new SocketService(door, name, errors, handler, workers, tenants);
    if (sockets.get(door).putIfAbsent(pattern, service) != null) {
      throw new IllegalArgumentException(pattern + " is registered twice");
    }
  }

  @Override
  public void addGrpc(Door door, BindableService service) {
    ServerServiceDefinition guarded = ServerInterceptors.intercept(service, guard);
    if (ServerConfig.isGrpcOnly(door)) {
      services.get(door).add(guarded);
    } else {
      adapters.get(door).add(guarded);
    }
  }

  private RouteTable table(Door door) {
    RouteTable table = routes.get(door);
    if (table == null) {
      throw new IllegalArgumentException(door + " speaks gRPC only");
    }
    return table;
  }

  @Override
  public void onDrained(Runnable action) {
    drained.add(action);
  }

  /// Lets all routes answer.
  public void open() {
    workers.refuse(Optional.empty());
  }

  /// Makes all routes but the always-on ones answer 503.
  public void refuse(String reason) {
    workers.refuse(Optional.of(reason));
  }

  /// Opens every configured door that has something to serve.
  ///
  /// @throws FoursightException `UNAVAILABLE` naming port and flag when a port is taken; what was
  ///   opened is closed again
  @Override
  public void start() {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    eventLoops = EventLoopGroups.newEventLoopGroup(threads, "door", true);
    try {
      for (Door door : Door.values()) {
        if (config.port(door) != 0 && isUsed(door)) {
          start(door);
        }
      }
    } catch (RuntimeException e) {
      stop(Deadline.after(Duration.ofSeconds(1)));
      throw e;
    }
  }

  private boolean isUsed(Door door) {
    return ServerConfig.isGrpcOnly(door)
        ? !services.get(door).isEmpty()
        : door == Door.MAIN || table(door).hasOwnRoutes() || !adapters.get(door).isEmpty();
  }

  private void start(Door door) {
    var address = new InetSocketAddress(config.address(door), Math.max(0, config.port(door)));
    if (ServerConfig.isGrpcOnly(door)) {
      startGrpc(door, address);
    } else {
      startHttp(door, address);
    }
  }

  private void startHttp(Door door, InetSocketAddress address) {
    ServerTlsConfig tls = config.tls(door);
    ServerBuilder builder = tls.isOn() ? encrypted(address, tls) : Server.builder().http(address);
    builder =
        builder
            .workerGroup(eventLoops, false)
            .bossGroupFactory(AcceptingLoop::named)
            // An empty one: our own meters say more, and several servers would clash in a real one.
            .meterRegistry(new CompositeMeterRegistry())
            .maxRequestLength(0)
            // Large bodies come in few pieces: each piece costs a trip through the pipeline.
            .http1MaxChunkSize(64 * 1024)
            .requestTimeoutMillis(0)
            .idleTimeout(config.httpIdleTimeout())
            .http1MaxInitialLineLength(64 * 1024)
            .http1MaxHeaderSize(64 * 1024)
            .http2MaxHeaderListSize(64 * 1024)
            .http2InitialStreamWindowSize(4 << 20)
            .http2InitialConnectionWindowSize(16 << 20)
            .gracefulShutdownTimeout(
                shorter(QUIET_PERIOD, config.gracefulShutdownTimeout()),
                config.gracefulShutdownTimeout())
            .serviceUnder(
                "/",
                new DoorService(door, table(door), adapters.get(door), workers, tenants, config));
    sockets.get(door).forEach(builder::service);
    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      throw cannotListen(door, address, e.getCause());
    }
    httpServers.put(door, server);
  }

  private static ServerBuilder encrypted(InetSocketAddress address, ServerTlsConfig tls) {
    tls.check("http_tls_config");
    return Server.builder()
        .https(address)
        .tls(new File(tls.certFile()), new File(tls.keyFile()))
        .tlsCustomizer(tls::customize);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void startGrpc(Door door, InetSocketAddress address) {
    int maxMessage = (int) Math.min(Integer.MAX_VALUE, config.maxRequestBodySize().bytes());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .executor(workers.executor())
            .maxInboundMessageSize(maxMessage)
            .maxConcurrentCallsPerConnection(config.maxConcurrentRequests())
            .flowControlWindow(4 << 20)
            .compressorRegistry(GrpcCompression.compressors())
            .decompressorRegistry(GrpcCompression.decompressors())
            // Half of what our own clients do, so that a ping that comes early is no offence.
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    services.get(door).forEach(builder::addService);
    ServerTlsConfig tls = config.tls(door);
    if (tls.isOn()) {
      builder.sslContext(
          tls.forGrpc(door == Door.INTERNAL_GRPC ? "grpc_tls_config" : "http_tls_config"));
    }
    try {
      grpcServers.put(door, builder.build().start());
    } catch (IOException e) {
      throw cannotListen(door, address, e.getCause() == null ? e : e.getCause());
    }
  }

  private static FoursightException cannotListen(
      Door door, InetSocketAddress address, Throwable cause) {
    String flag = ServerConfig.flag(door);
    boolean taken =
        cause instanceof BindException || String.valueOf(cause.getMessage()).contains("in use");
    return new FoursightException(
        ErrorKind.UNAVAILABLE,
        (taken ? "port " + address.getPort() + " is taken" : "cannot listen on " + address)
            + " ("
            + cause.getMessage()
            + "): move the "
            + word(door)
            + " door with "
            + flag
            + "=PORT, or close it with "
            + flag
            + "=0",
        cause);
  }

  /// Where a door listens; empty when it is closed.
  public Optional<InetSocketAddress> address(Door door) {
    if (httpServers.containsKey(door)) {
      return httpServers.get(door).activePorts().keySet().stream().findFirst();
    }
    return Optional.ofNullable(grpcServers.get(door))
        .map(server -> (InetSocketAddress) server.getListenSockets().getFirst());
  }

  /// `main=http://localhost:8080 otlp_grpc=localhost:4317`: open doors for people.
  public String describe() {
    var out = new ArrayList<String>();
    for (Door door : Door.values()) {
      address(door)
          .ifPresent(address -> {
            String host =
                address.getAddress().isAnyLocalAddress()
                    ? "localhost"
                    : address.getAddress().getHostAddress();
            String at = (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
            String scheme = config.tls(door).isOn() ? "https://" : "http://";
            out.add(word(door) + "=" + (ServerConfig.isGrpcOnly(door) ? at : scheme + at));
          });
    }
    return String.join(" ", out);
  }

  private static String word(Door door) {
    return door.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void stop(Deadline deadline) {
    grpcServers.forEach((door, server) -> {
      if (door != Door.INTERNAL_GRPC) {
        server.shutdown();
      }
    });
    sockets.values().forEach(each -> each.values().forEach(SocketService::endAll));
    var stopping = httpServers.values().stream().map(Server::stop).toList();
    stopping.forEach(future -> {
      try {
        future.get(Math.max(1, deadline.remaining().toMillis()), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        // The deadline is over: what still runs is cut off.
      }
    });
    grpcServers.values().forEach(io.grpc.Server::shutdown);
    drained.forEach(Runnable::run);
    for (io.grpc.Server server : grpcServers.values()) {
      try {
        if (!server.awaitTermination(
            Math.min(deadline.remaining().toMillis(), config.gracefulShutdownTimeout().toMillis()),
            TimeUnit.MILLISECONDS)) {
          server.shutdownNow();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        server.shutdownNow();
      }
    }
    httpServers.clear();
    grpcServers.clear();
    adapters.values().forEach(GrpcAdapter::stop);
    if (eventLoops != null) {
      eventLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
  }
}
