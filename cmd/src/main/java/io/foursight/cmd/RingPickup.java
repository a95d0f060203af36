package io.foursight.cmd;

import io.foursight.model.BlockPickup;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.ring.InstanceDescriptor;
import io.foursight.ring.Operation;
import io.foursight.ring.RingView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Asks every store-gateway of the ring whether it plans queries with a block. Those that do not
/// answer need not be waited for for ever: a gateway plans by no list older than a bound, so after
/// twice that time every plan has the block. Safe from any thread.
final class RingPickup implements BlockPickup {
  private final RingView ring;
  private final Function<InstanceDescriptor, BlockPickup> gateways;
  private final Duration patience;
  private final Map<String, Long> askedSince = new ConcurrentHashMap<>();

  /// @param patience time after which every gateway knows a block
  RingPickup(RingView ring, Function<InstanceDescriptor, BlockPickup> gateways, Duration patience) {
    this.ring = ring;
    this.gateways = gateways;
    this.patience = patience;
  }

  @Override
  public boolean serves(Signal signal, TenantId tenant, String blockId) {
    List<InstanceDescriptor> all = ring.ring().instances();
    if (ring.ring().healthy(Operation.OWN).isEmpty()) {
      // Nobody reads blocks at all: the data stay where they can be read.
      askedSince.put(blockId, System.nanoTime());
      return false;
    }
    long since = askedSince.computeIfAbsent(blockId, id -> System.nanoTime());
    boolean yes = System.nanoTime() - since > patience.toNanos();
    if (!yes) {
      yes = true;
      for (InstanceDescriptor gateway : all) {
        yes &= gateways.apply(gateway).serves(signal, tenant, blockId);
      }
    }
    if (yes) {
      askedSince.remove(blockId);
    }
    return yes;
  }

  /// Whether blocks were asked about that not everybody knows yet.
  boolean isWaiting() {
    return !askedSince.isEmpty();
  }
}
