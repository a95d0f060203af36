package io.foursight.cmd;

import io.foursight.config.TenantOverrides;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Meters of the overrides file.
final class OverridesMetrics {
  OverridesMetrics(MeterRegistry registry, TenantOverrides overrides) {
    FunctionCounter.builder(
            "foursight_config_overrides_loads_total", overrides, TenantOverrides::loads)
        .description("Overrides files that were loaded.")
        .register(registry);
    FunctionCounter.builder(
            "foursight_config_overrides_reload_failures_total",
            overrides,
            TenantOverrides::failures)
        .description("Looks at the overrides file that found it missing or wrong.")
        .register(registry);
    Gauge.builder(
            "foursight_config_overrides_last_reload_successful",
            overrides,
            o -> o.lastLoadGood() ? 1 : 0)
        .register(registry);
  }
}
