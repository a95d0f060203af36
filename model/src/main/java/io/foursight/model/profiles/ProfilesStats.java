package io.foursight.model.profiles;

/// How much lies in a selection.
///
/// @param profiles how many, as far as can be told from indexes
/// @param series distinct series
/// @param samples of these profiles
/// @param bytes stored
/// @param oldestNanos of the earliest profile; 0 with `newestNanos` when there is none
public record ProfilesStats(
    long profiles, long series, long samples, long bytes, long oldestNanos, long newestNanos) {
  public static final ProfilesStats NONE = new ProfilesStats(0, 0, 0, 0, 0, 0);

  public ProfilesStats plus(ProfilesStats other) {
    if (profiles == 0) {
      return other;
    }
    if (other.profiles == 0) {
      return this;
    }
    return new ProfilesStats(
        profiles + other.profiles,
        series + other.series,
        samples + other.samples,
        bytes + other.bytes,
        Math.min(oldestNanos, other.oldestNanos),
        Math.max(newestNanos, other.newestNanos));
  }
}
