package io.foursight.model.profiles;

import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;
import java.util.Set;

/// What is asked of a [ProfilesSource]: profiles of one tenant whose labels satisfy every matcher,
/// taken in `[startNanos, endNanos)`.
///
/// @param matchers on series labels; the profile type is one of them (`__profile_type__`)
/// @param ids when not empty, only these profiles
/// @param samples which samples count
/// @param withoutBlocks blocks that a Source of historic data must leave out, because the asker has
///   their profiles from a head
public record ProfilesSelect(
    TenantId tenant,
    long startNanos,
    long endNanos,
    List<LabelMatcher> matchers,
    Set<ProfileId> ids,
    SampleFilter samples,
    Set<String> withoutBlocks,
    QueryBudget budget) {
  public ProfilesSelect {
    matchers = List.copyOf(matchers);
    ids = Set.copyOf(ids);
    withoutBlocks = Set.copyOf(withoutBlocks);
  }

  public ProfilesSelect(
      TenantId tenant,
      long startNanos,
      long endNanos,
      List<LabelMatcher> matchers,
      QueryBudget budget) {
    this(tenant, startNanos, endNanos, matchers, Set.of(), SampleFilter.ALL, Set.of(), budget);
  }

  public ProfilesSelect withoutBlocks(Set<String> blocks) {
    return new ProfilesSelect(tenant, startNanos, endNanos, matchers, ids, samples, blocks, budget);
  }
}
