package io.foursight.queryfrontend;

import io.foursight.config.Setting;
import io.foursight.config.TenantLimits;
import io.foursight.model.TenantId;
import java.util.Arrays;

/// Per-tenant limits of all signals at the query-frontend, keys of the section `limits`.
public record FrontendLimits(
    @Setting(
            "Queriers that work for a tenant, always the same ones; 0 is all of them. Only for"
                + " queriers that pull their work.")
        int maxQueriersPerTenant) {
  public static FrontendLimits defaults() {
    return new FrontendLimits(0);
  }

  /// The smallest of several tenants' limits; 0 = none.
  ///
  /// @param tenants joined by `|`; may be empty
  public static int queriers(TenantLimits<FrontendLimits> limits, String tenants) {
    return tenants.isEmpty()
        ? 0
        : Arrays.stream(tenants.split("\\|"))
            .mapToInt(tenant -> limits.of(new TenantId(tenant)).maxQueriersPerTenant())
            .filter(most -> most > 0)
            .min()
            .orElse(0);
  }
}
