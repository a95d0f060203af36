package io.foursight.ingester.profiles;

import io.foursight.ingester.IngesterMetrics;
import io.micrometer.core.instrument.Counter;

/// The meters that the ingester has for profiles alone.
final class ProfilesIngesterMetrics {
  final Counter profiles;
  final Counter samples;
  final Counter duplicates;

  ProfilesIngesterMetrics(IngesterMetrics common) {
    profiles = common.appended("profiles");
    samples = common.appended("samples");
    duplicates =
        common.counter(
            "foursight_ingester_duplicate_profiles_total",
            "Profiles that were there already and are stored once.");
  }
}
