package io.foursight.ring.membership;

import io.foursight.model.Deadline;
import io.foursight.ring.MemoryRingStore;
import io.foursight.ring.RingName;
import io.foursight.ring.RingScheduler;
import io.foursight.ring.RingState;
import io.foursight.ring.RingStore;
import io.foursight.ring.Subscription;
import io.foursight.ring.config.KvStoreConfig;
import io.foursight.ring.config.MemberlistConfig;
import io.foursight.ring.gossip.GossipMetrics;
import io.foursight.ring.gossip.GossipStore;
import io.foursight.ring.jgroups.JGroupsNetwork;
import io.foursight.ring.kv.ConsulKeys;
import io.foursight.ring.kv.EtcdKeys;
import io.foursight.ring.kv.Keys;
import io.foursight.ring.kv.KvMetrics;
import io.foursight.ring.kv.KvRingStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Each ring in the store that its configuration names; rings that are kept alike share one. Built
/// without I/O and threads.
public final class ConfiguredRingStore implements RingStore {
  private final MemberlistConfig memberlist;
  private final RingScheduler scheduler;
  private final MeterRegistry meters;
  private final Map<Object, RingStore> stores = new LinkedHashMap<>();
  private final Map<RingName, RingStore> byRing = new LinkedHashMap<>();

  private ConfiguredRingStore(
      MemberlistConfig memberlist,
      Map<RingName, KvStoreConfig> rings,
      RingScheduler scheduler,
      MeterRegistry meters) {
    this.memberlist = memberlist;
    this.scheduler = scheduler;
    this.meters = meters;
    rings.forEach((name, config) -> byRing.put(name, store(config)));
  }

  /// Empty for a process that is alone: no ring is kept outside of it, and it is told of nobody to
  /// join. Nothing is started then, and no port opened.
  public static Optional<RingStore> of(
      MemberlistConfig memberlist,
      Map<RingName, KvStoreConfig> rings,
      RingScheduler scheduler,
      MeterRegistry meters) {
    boolean alone =
        rings.values().stream()
            .allMatch(r ->
                switch (r.store()) {
                  case INMEMORY -> true;
                  case MEMBERLIST -> memberlist.joinMembers().isEmpty();
                  case ETCD, CONSUL -> false;
                });
    return alone
        ? Optional.empty()
        : Optional.of(new ConfiguredRingStore(memberlist, rings, scheduler, meters));
  }

  private RingStore store(KvStoreConfig config) {
    return switch (config.store()) {
      case INMEMORY -> stores.computeIfAbsent("memory", k -> new MemoryRingStore());
      case MEMBERLIST -> stores.computeIfAbsent("memberlist", k -> gossip());
      case ETCD ->
          stores.computeIfAbsent(
              List.of(config.etcd(), config.prefix()),
              k -> kv(new EtcdKeys(config.etcd(), config.prefix()), config.etcd().maxRetries()));
      case CONSUL ->
          stores.computeIfAbsent(
              List.of(config.consul(), config.prefix()),
              k ->
                  kv(
                      new ConsulKeys(config.consul(), config.prefix()),
                      config.consul().maxCasRetries()));
    };
  }

  private RingStore gossip() {
    return new GossipStore(
        memberlist,
        new JGroupsNetwork(memberlist, scheduler),
        scheduler,
        new SplittableRandom(new SecureRandom().nextLong()),
        new GossipMetrics(meters));
  }

  private RingStore kv(Keys keys, int retries) {
    return new KvRingStore(keys, retries, memberlist.leftIngestersTimeout(), new KvMetrics(meters));
  }

  private RingStore of(RingName ring) {
    RingStore store = byRing.get(ring);
    if (store == null) {
      throw new IllegalArgumentException("ring " + ring + " is not configured");
    }
    return store;
  }

  @Override
  public void start() {
    List<RingStore> started = new ArrayList<>();
    try {
      for (RingStore store : stores.values()) {
        started.add(store);
        store.start();
      }
    } catch (RuntimeException | Error e) {
      started.forEach(s -> s.stop(Deadline.after(Duration.ofSeconds(1))));
      throw e;
    }
  }

  @Override
  public void stop(Deadline deadline) {
    stores.values().forEach(s -> s.stop(deadline));
  }

  @Override
  public RingState read(RingName ring) {
    return of(ring).read(ring);
  }

  @Override
  public RingState update(RingName ring, UnaryOperator<RingState> change) {
    return of(ring).update(ring, change);
  }

  @Override
  public Subscription watch(RingName ring, Consumer<RingState> listener) {
    return of(ring).watch(ring, listener);
  }

  @Override
  public boolean isSynced() {
    return stores.values().stream().allMatch(RingStore::isSynced);
  }

  @Override
  public CompletableFuture<Boolean> spread() {
    return stores.values().stream()
        .map(RingStore::spread)
        .reduce(
            CompletableFuture.completedFuture(true),
            (a, b) -> a.thenCombine(b, Boolean::logicalAnd));
  }

  @Override
  public List<String> describe() {
    return stores.values().stream().flatMap(s -> s.describe().stream()).toList();
  }
}
