package io.foursight.ring;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Picks the instances of a tenant by rendezvous: every instance has a score from the hash of
/// identifier and instance id, the highest of each zone are taken. So a shard never depends on
/// tokens, and an instance that comes or goes moves nothing but its own place.
final class ShuffleShards {
  /// Shards remembered per snapshot; past it they are computed each time.
  private static final int MAX_KNOWN = 4096;

  private record Key(String identifier, int size) {}

  /// A shard with lookback holds while `from <= since < to`.
  private record Known(Ring shard, Instant from, Instant to) {}

  private final Ring ring;
  private final Map<Key, Ring> writes = new ConcurrentHashMap<>();
  private final Map<Key, Known> reads = new ConcurrentHashMap<>();

  ShuffleShards(Ring ring) {
    this.ring = ring;
  }

  Ring of(String identifier, int size, Optional<Instant> since) {
    int zones = ring.rules().zoneAware() ? Math.max(1, ring.zones().size()) : 1;
    int perZone = (int) ((size + zones - 1L) / zones);
    if (size <= 0 || (long) perZone * zones >= ring.instances().size()) {
      return ring;
    }
    var key = new Key(identifier, perZone);
    if (since.isEmpty()) {
      return known(key);
    }
    return known(key, since.get());
  }

  private Ring known(Key key) {
    Ring shard = writes.get(key);
    if (shard == null) {
      shard = ring.subset(pick(key, Optional.empty()));
      if (writes.size() < MAX_KNOWN) {
        writes.put(key, shard);
      }
    }
    return shard;
  }

  private Ring known(Key key, Instant since) {
    Known known = reads.get(key);
    if (known != null && !since.isBefore(known.from()) && since.isBefore(known.to())) {
      return known.shard();
    }
    Instant from = Instant.MIN;
    Instant to = Instant.MAX;
    for (InstanceDescriptor instance : ring.instances()) {
      for (Instant edge : List.of(instance.registered(), instance.readOnlySince())) {
        if (edge.isAfter(since)) {
          to = edge.isBefore(to) ? edge : to;
        } else {
          from = edge.isAfter(from) ? edge : from;
        }
      }
    }
    Ring shard = ring.subset(pick(key, Optional.of(since)));
    if (reads.size() < MAX_KNOWN || known != null) {
      reads.put(key, new Known(shard, from, to));
    }
    return shard;
  }

  private List<InstanceDescriptor> pick(Key key, Optional<Instant> since) {
    List<InstanceDescriptor> picked = new ArrayList<>();
    if (!ring.rules().zoneAware()) {
      pick(ring.instances(), key, since, picked);
      return picked;
    }
    for (String zone : ring.zones()) {
      List<InstanceDescriptor> inZone =
          ring.instances().stream().filter(i -> i.zone().equals(zone)).toList();
      pick(inZone, key, since, picked);
    }
    return picked;
  }

  private static void pick(
      List<InstanceDescriptor> candidates,
      Key key,
      Optional<Instant> since,
      List<InstanceDescriptor> picked) {
    record Scored(long score, InstanceDescriptor instance) {}
    List<Scored> ranked =
        candidates.stream()
            .map(i -> new Scored(score(key.identifier(), i.id()), i))
            .sorted(
                Comparator.comparingLong(Scored::score)
                    .reversed()
                    .thenComparing(s -> s.instance().id()))
            .toList();
    int wanted = key.size();
    for (Scored scored : ranked) {
      if (wanted == 0) {
        return;
      }
      InstanceDescriptor instance = scored.instance();
      boolean takesWrites = !instance.readOnly();
      boolean recent = since.isPresent() && instance.registered().isAfter(since.get());
      boolean lately = since.isPresent() && instance.readOnlySince().isAfter(since.get());
      // Of old, and as it is now ever since: it alone fills the place.
      boolean settled = takesWrites && !recent && !lately;
      if (takesWrites || lately) {
        picked.add(instance);
      }
      if (settled) {
        wanted--;
      }
    }
  }

  /// FNV-1a over both names, then the finalizer of SplitMix64, so that close names are far apart.
  private static long score(String identifier, String id) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : (identifier + '\0' + id).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
