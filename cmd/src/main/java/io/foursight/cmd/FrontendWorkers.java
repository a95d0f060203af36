package io.foursight.cmd;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.runtime.Service;
import io.foursight.runtime.client.ClientPool;
import io.foursight.wire.rpc.RpcService;
import io.foursight.wire.rpc.WorkerClient;
import java.net.InetAddress;
import java.net.UnknownHostException;
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

  private final List<String> addresses;
  private final int places;
  private final String name;
  private final ClientPool pool;
  private final List<RpcService> services;
  private final Service querier;
  private final Map<String, WorkerClient> clients = new HashMap<>();
  private ScheduledExecutorService lookup;

  /// @param addresses `host:port`, `dns+host:port` means the same
  /// @param places calls answered at once
  FrontendWorkers(
      List<String> addresses,
      int places,
      String name,
      ClientPool pool,
      List<RpcService> services,
      Service querier) {
    for (String address : addresses) {
      if (address.lastIndexOf(':') < 1) {
        throw FoursightException.badData(
            "querier.frontend_address \"" + address + "\" is not host:port");
      }
    }
    this.addresses =
        addresses.stream().map(a -> a.startsWith("dns+") ? a.substring(4) : a).toList();
    this.places = places;
    this.name = name;
    this.pool = pool;
    this.services = services;
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
    int each = Math.max(1, Math.ceilDiv(places, now.size()));
    for (String gone : List.copyOf(clients.keySet())) {
      if (!now.contains(gone)) {
        WorkerClient client = clients.remove(gone);
        Thread.startVirtualThread(() -> client.stop(Deadline.NONE));
      }
    }
    for (String address : now) {
      if (!clients.containsKey(address)) {
        var client =
            new WorkerClient(
                () -> pool.channel(address), name, each, pool.config().grpcCompression(), services);
        clients.put(address, client);
        client.start();
        log.info("pulling queries component=querier frontend={} places={}", address, each);
      }
    }
  }

  private static List<String> resolve(String address) {
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
    List<WorkerClient> all;
    synchronized (this) {
      if (lookup != null) {
        lookup.shutdownNow();
      }
      all = List.copyOf(clients.values());
      clients.clear();
    }
    all.forEach(client -> client.stop(deadline));
    querier.stop(deadline);
  }
}
