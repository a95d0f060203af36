package io.foursight.config;

import io.foursight.model.TenantId;

/// The limits of each tenant as one component sees them: an immutable record of its own whose
/// components are keys of the shared `limits` section. Ask on every request; the answer changes
/// when overrides are reloaded. Safe from any thread.
@FunctionalInterface
public interface TenantLimits<L> {
  L of(TenantId tenant);

  static <L> TenantLimits<L> fixed(L limits) {
    return tenant -> limits;
  }
}
