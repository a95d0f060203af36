package io.foursight.config;

import java.time.Duration;

/// Where per-tenant overrides come from.
public record RuntimeConfigSettings(
    @Setting(
            "YAML file with per-tenant `overrides` of limits, reloaded without a restart; empty ="
                + " none.")
        String file,
    @Setting("How often the file is looked at.") Duration period) {
  public static RuntimeConfigSettings defaults() {
    return new RuntimeConfigSettings("", Duration.ofSeconds(10));
  }
}
