package io.foursight.cmd;

import io.foursight.distributor.RateShare;
import io.foursight.distributor.metrics.SharedHaElections;
import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.InstanceSettings;
import io.foursight.ring.Lifecycler;
import io.foursight.ring.LifecyclerMetrics;
import io.foursight.ring.Operation;
import io.foursight.ring.Ring;
import io.foursight.ring.RingClient;
import io.foursight.ring.RingName;
import io.foursight.ring.RingRules;
import io.foursight.ring.RingStore;
import io.foursight.ring.RingView;
import io.foursight.ring.SystemRingScheduler;
import io.foursight.ring.config.RingConfig;
import io.foursight.ring.membership.RingMetrics;
import io.foursight.ring.membership.RingPages;
import io.foursight.runtime.ComponentContext;
import io.foursight.runtime.Module;
import io.foursight.runtime.Service;
import io.foursight.runtime.client.ClientPool;
import io.foursight.runtime.http.Door;
import io.foursight.wire.rpc.GrpcCaller;
import io.foursight.wire.rpc.RpcCaller;
import io.foursight.wire.rpc.RpcGrpcService;
import io.foursight.wire.rpc.RpcService;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What lets this process be one of several: the rings, the channels to others, and this process's
/// own seats in rings. A process that is alone has none of it: its ports are plain calls.
final class ClusterWiring {
  private static final Logger log = LoggerFactory.getLogger(ClusterWiring.class);

  private final FoursightConfig config;
  private final ComponentContext context;
  private final Optional<RingStore> store;
  private final Supplier<Optional<InetSocketAddress>> door;
  private final SystemRingScheduler scheduler;
  private final ClientPool pool;
  private final Map<RingName, RingClient> rings = new LinkedHashMap<>();
  private final List<Service> presences = new ArrayList<>();
  private final Map<RingName, RingSeat> seats = new LinkedHashMap<>();
  private final List<Supplier<Optional<String>>> reasons = new ArrayList<>();
  private final Map<String, RpcCaller> callers = new ConcurrentHashMap<>();

  /// @param shared carries the rings of several in one process; empty = as configured
  /// @param door where the door between components listens, once it is open
  ClusterWiring(
      FoursightConfig config,
      ComponentContext context,
      Optional<RingStore> shared,
      Supplier<Optional<InetSocketAddress>> door) {
    this.config = config;
    this.context = context;
    this.door = door;
    this.scheduler = new SystemRingScheduler(context.clock());
    this.store = shared.or(() -> RingStores.of(config, context, scheduler));
    this.pool = new ClientPool(config.grpcClient(), context.meters());
  }

  boolean isClustered() {
    return store.isPresent();
  }

  /// The ring of a component; only when clustered.
  RingClient ring(RingName name, RingConfig ring) {
    return rings.computeIfAbsent(name, n -> newRing(n, ring));
  }

  private RingClient newRing(RingName name, RingConfig ring) {
    var client =
        new RingClient(
            name, store.orElseThrow(), rules(name, ring), ring.heartbeatTimeout(), scheduler);
    RingMetrics.register(context.meters(), client);
    client.onChange(this::forgetTheGone);
    return client;
  }

  /// Connections to addresses that no ring has any more are closed.
  private void forgetTheGone(Ring changed) {
    Set<String> now = new HashSet<>();
    rings.values().forEach(r -> r.ring().instances().forEach(i -> now.add(i.address())));
    for (String address : List.copyOf(callers.keySet())) {
      if (!now.contains(address)) {
        callers.remove(address);
        pool.forget(address);
      }
    }
  }

  /// Whether the last attempts to reach an instance failed, whatever the ring says of it.
  boolean isUnreachable(InstanceDescriptor instance) {
    return pool.isFailing(instance.address());
  }

  /// The rings as pages; a process that is alone shows itself.
  RingPages pages(Set<String> roots) {
    return new RingPages(
        () -> isClustered() ? rings.values() : alone(roots),
        () -> store.map(RingStore::describe).orElse(List.of("store: none, this process is alone")),
        context.clock());
  }

  private List<RingView> alone(Set<String> roots) {
    return RingStores.all(config).entrySet().stream()
        .filter(e -> roots.contains(e.getKey().value()))
        .map(e -> {
          InstanceSettings place =
              new InstancePlace(config, context.dataDir(), door).settings(e.getKey(), e.getValue());
          return RingView.fixed(e.getKey(), Ring.solo(InstancePlace.hostName(), place.address()));
        })
        .toList();
  }

  private RingRules rules(RingName name, RingConfig ring) {
    int otherwise = name.equals(RingName.INGESTER) ? 3 : 1;
    int factor = ring.replicationFactor() > 0 ? ring.replicationFactor() : otherwise;
    return new RingRules(factor, ring.zoneAwarenessEnabled());
  }

  /// The component in its seat of its ring; it is registered when started, and ACTIVE after
  /// [#activate].
  ///
  /// @param handover what must be done between LEAVING and the closing of the doors
  /// @return the component itself when this process is alone
  Service seat(RingName name, RingConfig ring, Service component, RingSeat.Handover handover) {
    if (!isClustered()) {
      return component;
    }
    RingClient client = ring(name, ring);
    var seat =
        new RingSeat(
            component,
            () ->
                new Lifecycler(
                    new InstancePlace(config, context.dataDir(), door).settings(name, ring),
                    store.orElseThrow(),
                    client,
                    scheduler,
                    new SplittableRandom(),
                    new LifecyclerMetrics(context.meters(), name)),
            handover);
    seats.put(name, seat);
    return seat;
  }

  /// This process's instance in a ring, once it is there.
  Supplier<Optional<Lifecycler>> life(RingName name) {
    return () -> Optional.ofNullable(seats.get(name)).flatMap(RingSeat::life);
  }

  /// Takes seats for the components that hold nothing, so that others see them.
  void attend(Set<String> roots) {
    if (isClustered()) {
      RingStores.ofPresence(config)
          .forEach((name, ring) -> {
            if (roots.contains(name.value())) {
              presences.add(seat(name, ring, new Routed(), RingSeat.Handover.NOTHING));
            }
          });
    }
  }

  /// What one distributor grants of a tenant's rates.
  RateShare rateShare() {
    if (!isClustered()) {
      return RateShare.WHOLE;
    }
    RingClient distributors = ring(RingName.DISTRIBUTOR, config.distributorRing());
    return new RateShare(() -> distributors.ring().healthy(Operation.OWN).size());
  }

  /// Elections of all distributors together; empty when this process is alone.
  Optional<SharedHaElections> haElections() {
    return store.map(shared -> {
      var silence = config.distributor().haTrackerFailoverTimeout();
      var client =
          rings.computeIfAbsent(
              SharedHaElections.RING,
              name -> new RingClient(name, shared, new RingRules(1, false), silence, scheduler));
      return new SharedHaElections(
          shared, client, scheduler, silence, config.distributor().haTrackerUpdateTimeout());
    });
  }

  /// Whether an instance of a ring is this process.
  boolean isHere(RingName name, InstanceDescriptor instance) {
    RingSeat seat = seats.get(name);
    return seat != null && seat.is(instance);
  }

  /// Calls another process.
  RpcCaller caller(String address) {
    RpcCaller known = callers.get(address);
    return known != null ? known : callers.computeIfAbsent(address, this::newCaller);
  }

  private RpcCaller newCaller(String address) {
    return (method, request, scope) ->
        new GrpcCaller(pool.channel(address), address, pool.config().grpcCompression())
            .call(method, request, scope);
  }

  /// Tells queriers apart for those whose work they do; the same after a restart.
  String workerName() {
    return InstancePlace.hostName() + ':' + config.server().grpcListenPort();
  }

  ClientPool pool() {
    return pool;
  }

  /// Answers calls of other processes; nothing when this one is alone.
  void serve(RpcService service) {
    if (isClustered()) {
      context.routes().addGrpc(Door.INTERNAL_GRPC, new RpcGrpcService(service));
    }
  }

  /// @throws FoursightException `BAD_DATA` naming the flag that is missing
  void require(String component, String what) {
    if (!isClustered()) {
      throw FoursightException.badData(
          "target "
              + config.target()
              + ": the "
              + component
              + " has no "
              + what
              + " in this process and knows no other process; name some of them with"
              + " -memberlist.join-members=HOST:"
              + config.memberlist().bindPort()
              + ", or add the "
              + what
              + " to -target");
    }
  }

  /// Names of modules to need before one's own.
  Set<String> needs(String... others) {
    var needs = new java.util.LinkedHashSet<>(List.of(others));
    needs.add("ring");
    return needs;
  }

  Module module() {
    return new Module("ring", Set.of(), Parts::new);
  }

  /// Adds a reason for `/ready` to say no.
  void notReadyWhile(Supplier<Optional<String>> reason) {
    reasons.add(reason);
  }

  Optional<String> notReady() {
    for (Supplier<Optional<String>> reason : reasons) {
      if (reason.get().isPresent()) {
        return reason.get();
      }
    }
    return seats.values().stream().flatMap(seat -> seat.notReady().stream()).findFirst();
  }

  /// The doors are open: work may come.
  void activate() {
    seats.values().forEach(RingSeat::activate);
  }

  /// Tells the others that this process goes, hands over what it must, and gives the news time to
  /// spread while the doors are still open.
  void depart(Deadline deadline) {
    seats.values().forEach(RingSeat::leave);
    for (RingSeat seat : new ArrayList<>(seats.values()).reversed()) {
      seat.handOver(deadline);
    }
    if (!seats.isEmpty()) {
      awaitNews(deadline);
    }
  }

  /// Who has not heard by then finds closed doors, and asks others.
  private void awaitNews(Deadline deadline) {
    try {
      boolean unused =
          store.orElseThrow().spread().get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("leaving before all others know it");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Parts implements Service {
    @Override
    public void start() {
      if (isClustered()) {
        store.orElseThrow().start();
        rings.values().forEach(RingClient::start);
        presences.forEach(Service::start);
      }
    }

    @Override
    public void stop(Deadline deadline) {
      presences.forEach(p -> p.stop(deadline));
      rings.values().forEach(ring -> ring.stop(deadline));
      pool.stop(deadline);
      if (isClustered()) {
        store.orElseThrow().stop(deadline);
      }
      scheduler.stop(deadline);
    }
  }
}
