package io.foursight.compactor;

import io.foursight.model.TenantId;
import io.foursight.storage.block.BlockLeases;
import java.util.Optional;
import java.util.function.Predicate;

/// Which tenants are this compactor's, when there are several.
///
/// @param owns whether a tenant is its by the ring: of two that don't hear each other both may
///   think so
/// @param leases settle that for merges: each takes the tenant's lease for as long as it lasts;
///   empty for a compactor that is alone
public record Ownership(Predicate<TenantId> owns, Optional<BlockLeases> leases) {
  /// For a compactor that is alone.
  public static final Ownership ALL = new Ownership(tenant -> true, Optional.empty());

  boolean of(TenantId tenant) {
    return owns.test(tenant);
  }

  /// The right to replace blocks of a tenant; empty when another process has it.
  Optional<Hold> hold(TenantId tenant) {
    return leases.isEmpty() ? Optional.of(Hold.FOREVER) : leases.get().take(tenant).map(Hold::new);
  }

  /// That right, as long as it is.
  record Hold(Optional<BlockLeases.Lease> lease) implements AutoCloseable {
    static final Hold FOREVER = new Hold(Optional.empty());

    Hold(BlockLeases.Lease lease) {
      this(Optional.of(lease));
    }

    boolean isValid() {
      return lease.isEmpty() || lease.get().isHeld();
    }

    @Override
    public void close() {
      lease.ifPresent(BlockLeases.Lease::close);
    }
  }
}
