package io.foursight.cmd;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.runtime.Service;
import io.foursight.runtime.client.ClientPool;
import io.foursight.runtime.client.SrvRecords;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.rpc.WorkerClient;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A querier that pulls its work from query-frontends: a share of its places at each of them. Names
/// are looked up again and again, so that frontends may come and go.
final class FrontendWorkers implements Service {
  private static final Logger log = LoggerFactory.getLogger(FrontendWorkers.class);
  private static final int LOOKUP_SECONDS = 5;
  private static final String SERVICE = "dnssrv+";

  /// Calls of one kind.
  ///
  /// @param dispatcher the frontend's name for them, see [WorkerPool]
  /// @param places calls answered at once, at all frontends together
  /// @param ends whether they end by themselves, so that a stop waits for them
  record Lane(String dispatcher, int places, List<RpcService> services, boolean ends) {}

  private final List<String> addresses;
  private final String name;
  private final ClientPool pool;
  private final List<Lane> lanes;
  private final Service querier;
  private final Map<String, List<WorkerClient>> clients = new HashMap<>();
  private ScheduledExecutorService lookup;

  /// @param addresses `host:port` (`dns+host:port` means the same), or `dnssrv+name`
  FrontendWorkers(
      List<String> addresses, String name, ClientPool pool, List<Lane> lanes, Service querier) {
    for (String address : addresses) {
      if (address.lastIndexOf(':') < 1 && !address.startsWith(SERVICE)) {
        throw FoursightException.badData(
            "querier.frontend_address \"" + address + "\" is not host:port or dnssrv+name");
      }
    }
    this.addresses =
        addresses.stream().map(a -> a.startsWith("dns+") ? a.substring(4) : a).toList();
    this.name = name;
    this.pool = pool;
    this.lanes = List.copyOf(lanes);
    this.querier = querier;
  }

  @Override
  public void start() {
    querier.start();
    lookup =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("frontend-lookup").factory());
    lookup.scheduleWithFixedDelay(this::update, 0, LOOKUP_SECONDS, TimeUnit.SECONDS);
  }

  private synchronized void update() {
    if (lookup.isShutdown()) {
      return;
    }
    Set<String> now = new LinkedHashSet<>();
    addresses.forEach(address -> now.addAll(resolve(address)));
    if (now.isEmpty()) {
      return;
    }
    for (String gone : List.copyOf(clients.keySet())) {
      if (!now.contains(gone)) {
        List<WorkerClient> left = clients.remove(gone);
        Thread.startVirtualThread(() -> stop(left, Deadline.NONE));
      }
    }
    for (String address : now) {
      if (!clients.containsKey(address)) {
        clients.put(address, lanes.stream().map(lane -> open(address, lane, now.size())).toList());
        log.info("pulling queries component=querier frontend={}", address);
      }
    }
  }

  private WorkerClient open(String address, Lane lane, int frontends) {
    var client =
        new WorkerClient(
            () -> pool.channel(address),
            lane.dispatcher,
            name,
            Math.max(1, Math.ceilDiv(lane.places, frontends)),
            pool.config().grpcCompression(),
            lane.services,
            why -> log.warn("a query-frontend gives no work frontend={}: {}", address, why));
    client.start();
    return client;
  }

  /// @param each a client a lane
  private void stop(List<WorkerClient> each, Deadline deadline) {
    for (int i = 0; i < each.size(); i++) {
      each.get(i).stop(lanes.get(i).ends ? deadline : Deadline.after(Duration.ZERO));
    }
  }

  private static List<String> resolve(String address) {
    if (address.startsWith(SERVICE)) {
      try {
        return new SrvRecords()
            .lookup(address.substring(SERVICE.length())).stream()
                .flatMap(place -> resolve(place.host() + ":" + place.port()).stream())
                .toList();
      } catch (FoursightException e) {
        return List.of();
      }
    }
    int colon = address.lastIndexOf(':');
    String port = address.substring(colon);
    try {
      List<String> all = new ArrayList<>();
      for (InetAddress one : InetAddress.getAllByName(address.substring(0, colon))) {
        String host = one.getHostAddress();
        all.add((host.contains(":") ? "[" + host + "]" : host) + port);
      }
      return all;
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  @Override
  public void stop(Deadline deadline) {
    List<List<WorkerClient>> all;
    synchronized (this) {
      if (lookup != null) {
        lookup.shutdownNow();
      }
      all = List.copyOf(clients.values());
      clients.clear();
    }
    all.forEach(each -> stop(each, deadline));
    querier.stop(deadline);
  }
}
