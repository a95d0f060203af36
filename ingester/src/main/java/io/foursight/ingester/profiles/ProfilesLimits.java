package io.foursight.ingester.profiles;

import io.foursight.config.Setting;

/// What a tenant may keep in the heads of its ingesters. 0 = unlimited.
public record ProfilesLimits(
    @Setting(
            "Series of profiles of a tenant in a segment of the head. 0 = no limit but the memory"
                + " of the ingester.")
        int maxGlobalProfileSeriesPerUser) {
  static final ProfilesLimits NONE = new ProfilesLimits(0);

  public static ProfilesLimits defaults() {
    return NONE;
  }
}
