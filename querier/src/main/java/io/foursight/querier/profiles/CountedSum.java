package io.foursight.querier.profiles;

import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.querier.profiles.ProfileShares.Share;

/// A sum and which profiles are in it; to be closed.
record CountedSum(MergedStacks stacks, ProfileShares counted) {
  /// A Source that knows what it has summed up, although its parts come and go.
  interface Counting extends ProfilesSource {
    CountedSum mergeCounted(ProfilesSelect select);
  }

  static CountedSum of(ProfilesSource source, ProfilesSelect select) {
    if (source instanceof Counting counting) {
      return counting.mergeCounted(select);
    }
    var shares = new ProfileShares(select.budget());
    try {
      Share unused = shares.next(each -> source.rows(select, false, each), false);
      return new CountedSum(source.merge(select), shares);
    } catch (RuntimeException e) {
      shares.close();
      throw e;
    }
  }
}
