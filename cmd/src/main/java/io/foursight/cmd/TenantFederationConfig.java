package io.foursight.cmd;

import io.foursight.config.Setting;

/// Section `tenant_federation`.
public record TenantFederationConfig(
    @Setting("Whether a read may name several tenants, as a|b in X-Scope-OrgID.") boolean enabled) {
  public static TenantFederationConfig defaults() {
    return new TenantFederationConfig(false);
  }
}
