package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfilesStats;
import java.util.List;
import java.util.TreeSet;

/// Answers of several Sources as one.
final class ProfilesUnions {
  private ProfilesUnions() {}

  /// The sum of sums.
  static MergedStacks stacks(List<MergedStacks> parts, QueryBudget budget) {
    MergedStacks sum = parts.getFirst();
    for (MergedStacks part : parts.subList(1, parts.size())) {
      budget.check();
      // The larger one is not copied.
      if (part.memoryBytes() > sum.memoryBytes()) {
        part.add(sum);
        sum = part;
      } else {
        sum.add(part);
      }
    }
    return sum;
  }

  static List<Labels> series(List<List<Labels>> parts) {
    var all = new TreeSet<Labels>();
    parts.forEach(all::addAll);
    return List.copyOf(all);
  }

  static List<String> texts(List<List<String>> parts) {
    var all = new TreeSet<>(Labels::compareText);
    parts.forEach(all::addAll);
    return List.copyOf(all);
  }

  static ProfilesStats stats(List<ProfilesStats> parts) {
    return parts.stream().reduce(ProfilesStats.NONE, ProfilesStats::plus);
  }

  /// One copy's share of what several replicas counted, rounded to the nearest.
  static ProfilesStats share(ProfilesStats sum, double copies) {
    return copies == 1
        ? sum
        : new ProfilesStats(
            Math.round(sum.profiles() / copies),
            Math.round(sum.series() / copies),
            Math.round(sum.samples() / copies),
            Math.round(sum.bytes() / copies),
            sum.oldestNanos(),
            sum.newestNanos());
  }
}
