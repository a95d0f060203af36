package io.foursight.ring;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Counts the answers to one request that was sent to a replication set: succeeded when enough
/// answered, failed when no longer enough can. Each instance answers once. Safe from any thread.
public final class Quorum {
  private final int maxErrors;
  private final boolean byZone;
  private final int maxUnavailableZones;
  private final Map<String, Integer> waitingByZone = new HashMap<>();
  private final Set<String> failedZones = new HashSet<>();
  private int waiting;
  private int errors;

  Quorum(ReplicationSet set) {
    maxErrors = set.maxErrors();
    maxUnavailableZones = set.maxUnavailableZones();
    byZone = maxUnavailableZones > 0;
    waiting = set.instances().size();
    set.instances().forEach(i -> waitingByZone.merge(i.zone(), 1, Integer::sum));
  }

  public synchronized void success(InstanceDescriptor instance) {
    answered(instance);
  }

  public synchronized void failure(InstanceDescriptor instance) {
    answered(instance);
    errors++;
    failedZones.add(instance.zone());
  }

  private void answered(InstanceDescriptor instance) {
    waiting--;
    waitingByZone.merge(instance.zone(), -1, Integer::sum);
  }

  /// Enough have answered; the rest need not be waited for.
  public synchronized boolean hasSucceeded() {
    if (hasFailed()) {
      return false;
    }
    if (byZone) {
      long missing =
          waitingByZone.entrySet().stream()
              .filter(e -> e.getValue() > 0 || failedZones.contains(e.getKey()))
              .count();
      return missing <= maxUnavailableZones;
    }
    return errors + waiting <= maxErrors;
  }

  public synchronized boolean hasFailed() {
    return byZone ? failedZones.size() > maxUnavailableZones : errors > maxErrors;
  }
}
