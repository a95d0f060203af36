package io.foursight.ingester.profiles;

import io.foursight.model.Labels;
import io.foursight.model.profiles.ProfileSymbols;
import io.foursight.model.profiles.ProfilesBatch;
import java.util.Comparator;

/// What profiles share symbols by: the service, and the build of its program.
record PartitionKey(String service, String buildId) implements Comparable<PartitionKey> {
  private static final Comparator<PartitionKey> ORDER =
      Comparator.comparing(PartitionKey::service, Labels::compareText)
          .thenComparing(PartitionKey::buildId, Labels::compareText);

  /// The build is that of the first binary in the batch's table (pprof puts the program first) that
  /// the profile's first sample runs through.
  static PartitionKey of(ProfilesBatch batch, int profile) {
    String service = batch.labels(profile).get("service_name");
    int first = batch.sampleStart(profile);
    ProfileSymbols symbols = batch.symbols();
    int mapping = Integer.MAX_VALUE;
    if (first < batch.sampleEnd(profile)) {
      for (int s = batch.stack(first); s >= 0; s = symbols.stackParent(s)) {
        int own = symbols.locationMapping(symbols.stackLocation(s));
        if (own >= 0 && own < mapping && symbols.stringLength(symbols.mappingBuildId(own)) > 0) {
          mapping = own;
        }
      }
    }
    String build =
        mapping == Integer.MAX_VALUE ? "" : symbols.string(symbols.mappingBuildId(mapping));
    return new PartitionKey(service, build);
  }

  @Override
  public int compareTo(PartitionKey other) {
    return ORDER.compare(this, other);
  }
}
