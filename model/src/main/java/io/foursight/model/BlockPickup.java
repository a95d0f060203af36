package io.foursight.model;

/// Asked by an ingester before it lets go of data that it has flushed: whether every reader of
/// historic data now answers from the block. Implemented by the store-gateway (or a stub of it).
@FunctionalInterface
public interface BlockPickup {
  /// May load the block to be able to say yes. Never throws; "no" when in doubt.
  boolean serves(Signal signal, TenantId tenant, String blockId);
}
