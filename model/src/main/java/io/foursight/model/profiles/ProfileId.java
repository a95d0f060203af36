package io.foursight.model.profiles;

import java.util.UUID;

/// The UUID of one pushed profile; the profiles that a file with several sample types becomes share
/// it.
public record ProfileId(long high, long low) implements Comparable<ProfileId> {
  public static ProfileId of(UUID id) {
    return new ProfileId(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  @Override
  public int compareTo(ProfileId other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return new UUID(high, low).toString();
  }
}
