package io.foursight.ring;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;

/// A snapshot of one ring: who is there, who was heard of lately, and who holds what. Immutable and
/// safe from any thread; take it once per request from a [RingView].
///
/// Hashes and tokens are unsigned 32-bit. The replicas of an item are the owners of the tokens that
/// follow its hash, each instance once; with zone awareness not more than RF / zones (rounded up)
/// of one zone.
public final class Ring {
  private final RingRules rules;
  private final List<InstanceDescriptor> instances;
  private final Map<String, InstanceDescriptor> byId = new HashMap<>();
  private final Set<String> unhealthy;
  private final List<String> zones;
  private final TokenCircle circle;
  private final ShuffleShards shards;
  private final Map<Operation, AtomicReferenceArray<ReplicationSet>> known =
      new EnumMap<>(Operation.class);

  private Ring(Collection<InstanceDescriptor> present, Set<String> unhealthy, RingRules rules) {
    this.rules = rules;
    instances =
        present.stream()
            .filter(i -> !i.isLeft())
            .sorted(Comparator.comparing(InstanceDescriptor::id))
            .toList();
    instances.forEach(i -> byId.put(i.id(), i));
    this.unhealthy = Set.copyOf(unhealthy);
    zones = instances.stream().map(InstanceDescriptor::zone).distinct().sorted().toList();
    circle = new TokenCircle(instances);
    shards = new ShuffleShards(this);
    for (Operation operation : Operation.values()) {
      known.put(operation, new AtomicReferenceArray<>(circle.size()));
    }
  }

  /// @param instances of a ring; LEFT ones are left out
  /// @param unhealthy ids of those not heard of for the heartbeat timeout
  public static Ring of(
      Collection<InstanceDescriptor> instances, Set<String> unhealthy, RingRules rules) {
    return new Ring(instances, unhealthy, rules);
  }

  /// The ring of a process alone: one ACTIVE instance that owns everything.
  public static Ring solo(String id, String address) {
    return of(
        List.of(
            new InstanceDescriptor(
                id,
                address,
                "",
                InstanceState.ACTIVE,
                Tokens.of(0),
                Instant.EPOCH,
                Instant.EPOCH,
                false,
                Instant.EPOCH,
                "",
                0,
                0)),
        Set.of(),
        new RingRules(1, false));
  }

  public RingRules rules() {
    return rules;
  }

  /// By id.
  public List<InstanceDescriptor> instances() {
    return instances;
  }

  public Optional<InstanceDescriptor> instance(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// Distinct, in order.
  public List<String> zones() {
    return zones;
  }

  /// Heard of within the heartbeat timeout.
  public boolean isHealthy(InstanceDescriptor instance) {
    return !unhealthy.contains(instance.id());
  }

  /// Those able to do it and healthy, tokens or not.
  public List<InstanceDescriptor> healthy(Operation operation) {
    return instances.stream().filter(i -> serves(i, operation)).toList();
  }

  /// The part of the circle that each instance owns, by id.
  public Map<String, Double> ownership() {
    double[] parts = circle.ownership();
    var byId = new HashMap<String, Double>();
    for (int i = 0; i < parts.length; i++) {
      byId.put(instances.get(i).id(), parts[i]);
    }
    return byId;
  }

  /// The replicas of an item. A READ of one item's replicas finds what was written while the ring
  /// was as it is now or better (an instance has since begun to leave, died or restarted). Whoever
  /// stood in for an instance that has come back since is not among them: ask [#all] where that
  /// matters.
  ///
  /// @throws FoursightException `UNAVAILABLE` when too few are able and healthy, naming the others
  public ReplicationSet get(int token, Operation operation) {
    if (circle.size() == 0) {
      throw FoursightException.unavailable("the ring is empty: no instance holds tokens");
    }
    int start = circle.indexOf(token);
    AtomicReferenceArray<ReplicationSet> sets = known.get(operation);
    ReplicationSet set = sets.get(start);
    if (set == null) {
      set = walk(start, operation);
      sets.set(start, set);
    }
    return set;
  }

  /// Whether the instance is among the replicas of an item; false also when nobody can.
  public boolean owns(String id, int token, Operation operation) {
    try {
      return get(token, operation).includes(id);
    } catch (FoursightException e) {
      return false;
    }
  }

  private ReplicationSet walk(int start, Operation operation) {
    boolean[] seen = new boolean[instances.size()];
    Map<String, Integer> inZone = new HashMap<>();
    List<InstanceDescriptor> able = new ArrayList<>();
    List<InstanceDescriptor> unable = new ArrayList<>();
    int perZone = rules.zoneAware() ? perZone() : Integer.MAX_VALUE;
    int wanted = rules.replicationFactor();
    int met = 0;
    for (int i = 0; i < circle.size() && wanted > 0 && met < instances.size(); i++) {
      int index = (start + i) % circle.size();
      if (seen[circle.ownerIndex(index)]) {
        continue;
      }
      InstanceDescriptor instance = circle.owner(index);
      if (inZone.getOrDefault(instance.zone(), 0) >= perZone) {
        continue;
      }
      seen[circle.ownerIndex(index)] = true;
      met++;
      if (!operation.isReplaced(instance, isHealthy(instance))) {
        wanted--;
        inZone.merge(instance.zone(), 1, Integer::sum);
      }
      (serves(instance, operation) ? able : unable).add(instance);
    }
    return new ReplicationSet(able, tolerated(operation, able, unable), 0);
  }

  /// How many of those able may fail.
  private int tolerated(
      Operation operation, List<InstanceDescriptor> able, List<InstanceDescriptor> unable) {
    int errors =
        switch (operation) {
          case WRITE -> able.size() - rules.quorum();
          case READ -> rules.quorum() - 1 - unable.size();
          case OWN, SYNC, REPORT -> able.size() - 1;
        };
    if (errors < 0 || able.isEmpty()) {
      int required = operation == Operation.WRITE ? rules.quorum() : able.size() - errors;
      throw tooFew(Math.max(1, required), able.size(), unable);
    }
    return Math.min(errors, able.size() - 1);
  }

  private FoursightException tooFew(int required, int found, List<InstanceDescriptor> unable) {
    return new FoursightException(
        ErrorKind.UNAVAILABLE,
        "at least "
            + required
            + " live replicas required, could only find "
            + found
            + unable.stream()
                .map(i -> i.id() + " (" + (isHealthy(i) ? i.state() : "unhealthy") + ")")
                .collect(Collectors.joining(", ", " - unable: ", "")));
  }

  /// Everybody who may hold something, for requests that are about no single item. A READ asks all
  /// instances with tokens and may miss quorum - 1 of them; with zone awareness as many whole zones
  /// as cannot hold a quorum by themselves.
  ///
  /// @throws FoursightException `UNAVAILABLE` when too many are missing already
  public ReplicationSet all(Operation operation) {
    List<InstanceDescriptor> holders =
        operation == Operation.REPORT
            ? instances
            : instances.stream().filter(i -> !i.tokens().isEmpty()).toList();
    List<InstanceDescriptor> able = holders.stream().filter(i -> serves(i, operation)).toList();
    List<InstanceDescriptor> unable = holders.stream().filter(i -> !serves(i, operation)).toList();
    if (operation != Operation.READ) {
      if (able.isEmpty()) {
        throw tooFew(1, 0, unable);
      }
      return new ReplicationSet(able, able.size() - 1, 0);
    }
    if (able.isEmpty()) {
      throw tooFew(1, 0, unable);
    }
    int zonesThatMayFail = rules.zoneAware() ? (rules.quorum() - 1) / perZone() : 0;
    if (zonesThatMayFail > 0) {
      return allButZones(able, unable, zonesThatMayFail);
    }
    return new ReplicationSet(able, tolerated(operation, able, unable), 0);
  }

  private ReplicationSet allButZones(
      List<InstanceDescriptor> able, List<InstanceDescriptor> unable, int zonesThatMayFail) {
    Set<String> failed = new HashSet<>();
    unable.forEach(i -> failed.add(i.zone()));
    if (failed.size() > zonesThatMayFail) {
      throw new FoursightException(
          ErrorKind.UNAVAILABLE,
          "instances of zones "
              + failed.stream().sorted().collect(Collectors.joining(", "))
              + " are missing, at most "
              + zonesThatMayFail
              + " zones may be");
    }
    if (failed.size() == zonesThatMayFail) {
      // All that is left must answer; those of the failed zones add nothing to be sure of.
      List<InstanceDescriptor> rest =
          able.stream().filter(i -> !failed.contains(i.zone())).toList();
      return new ReplicationSet(rest, 0, 0);
    }
    List<InstanceDescriptor> rest = able.stream().filter(i -> !failed.contains(i.zone())).toList();
    return new ReplicationSet(rest, 0, zonesThatMayFail - failed.size());
  }

  /// The ring as one tenant sees it: `size` instances (rounded up to the same number in every
  /// zone), always the same ones for an identifier while the ring stays, and one more or less when
  /// one instance comes or goes. A size of 0 is the whole ring. For writes: read-only instances are
  /// passed over.
  public Ring shuffleShard(String identifier, int size) {
    return shards.of(identifier, size, Optional.empty());
  }

  /// As [#shuffleShard(String, int)], with all instances that may have been in the shard at any
  /// time since then: those that came later stand in for nobody, nor do those that became read-only
  /// later. For reads of what was written since.
  public Ring shuffleShard(String identifier, int size, Instant since) {
    return shards.of(identifier, size, Optional.of(since));
  }

  /// Of these instances only.
  Ring subset(Collection<InstanceDescriptor> some) {
    return new Ring(some, unhealthy, rules);
  }

  private boolean serves(InstanceDescriptor instance, Operation operation) {
    return operation.isAble(instance) && (operation == Operation.REPORT || isHealthy(instance));
  }

  private int perZone() {
    int spread = Math.max(1, zones.size());
    return (rules.replicationFactor() + spread - 1) / spread;
  }

  Set<String> unhealthy() {
    return unhealthy;
  }
}
