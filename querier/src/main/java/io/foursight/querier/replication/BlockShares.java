package io.foursight.querier.replication;

import io.foursight.model.FoursightException;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Operation;
import io.foursight.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which store-gateway reads which blocks: the ring's owner of a block, so that its caches stay
/// warm; another one when that has failed this query. Every gateway can read every block, so the
/// ring may change at any time.
public final class BlockShares {
  private BlockShares() {}

  /// @param failed ids of gateways not to ask
  /// @return blocks by gateway, each block once
  /// @throws FoursightException `UNAVAILABLE` when nobody is left
  public static Map<InstanceDescriptor, List<String>> of(
      Ring ring, String tenant, List<String> blocks, Set<String> failed) {
    var shares = new LinkedHashMap<InstanceDescriptor, List<String>>();
    List<InstanceDescriptor> others =
        ring.healthy(Operation.OWN).stream().filter(i -> !failed.contains(i.id())).toList();
    for (String block : blocks) {
      int token = token(tenant, block);
      InstanceDescriptor chosen = null;
      for (InstanceDescriptor owner : ring.get(token, Operation.OWN).instances()) {
        if (!failed.contains(owner.id())) {
          chosen = owner;
          break;
        }
      }
      if (chosen == null) {
        if (others.isEmpty()) {
          throw FoursightException.unavailable(
              "no store-gateway is left to read block " + block + ": failed are " + failed);
        }
        chosen = others.get(Integer.remainderUnsigned(token, others.size()));
      }
      shares.computeIfAbsent(chosen, c -> new ArrayList<>()).add(block);
    }
    return shares;
  }

  /// The place of a block on the circle.
  public static int token(String tenant, String block) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : (tenant + '/' + block).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 32);
  }
}
