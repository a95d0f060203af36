package io.foursight.querylanguages.profileql.ast;

import io.foursight.model.LabelMatcher;
import io.foursight.model.profiles.ProfileType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which profiles: of one type, when there is one, whose labels satisfy every matcher.
public record ProfileSelector(Optional<ProfileType> type, List<LabelMatcher> matchers) {
  public static final ProfileSelector ALL = new ProfileSelector(Optional.empty(), List.of());

  public ProfileSelector {
    matchers = List.copyOf(matchers);
  }

  /// The matchers with the type as one more of them, the first.
  public List<LabelMatcher> conditions() {
    if (type.isEmpty()) {
      return matchers;
    }
    var all = new ArrayList<LabelMatcher>();
    all.add(LabelMatcher.equal(ProfileType.LABEL, type.get().id()));
    all.addAll(matchers);
    return all;
  }
}
