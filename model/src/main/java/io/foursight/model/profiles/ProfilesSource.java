package io.foursight.model.profiles;

import io.foursight.model.Labels;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Reads profiles: a head, a block, a remote peer, a merge of several, a test fake. Safe from any
/// thread. An unknown tenant has no data. What was acknowledged before the call began is seen. A
/// Source never writes.
///
/// Errors: `FoursightException` with `CANCELED`, `TIMEOUT` or `QUERY_LIMIT` from the budget,
/// `UNAVAILABLE` when data that may match cannot be reached, `CORRUPT` when they fail their
/// checksums.
public interface ProfilesSource {
  /// The sum by stack of all selected profiles, each counted once however many copies the Source
  /// has of it (see [ProfileSet]). A profile that several Sources have (replicas, a block being
  /// replaced) must have been told apart by the asker with `withoutBlocks` and [#rows].
  MergedStacks merge(ProfilesSelect select);

  /// The selected profiles, or with `bySpan` their spans (a row for each span of each profile that
  /// has any), a series at a time, in any order of series, each series once. Reads no stacks unless
  /// the select has a call site.
  void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each);

  /// Labels of the series that have a profile in the range as far as the Source can cheaply tell
  /// (never missing one), ascending, distinct. Of the select only tenant, range, matchers and
  /// `withoutBlocks` count, here and below.
  List<Labels> series(ProfilesSelect select);

  /// Distinct label names, ascending.
  List<String> labelNames(ProfilesSelect select);

  /// Distinct values of one label, ascending.
  List<String> labelValues(String label, ProfilesSelect select);

  ProfilesStats stats(ProfilesSelect select);

  /// Blocks whose profiles this Source answers itself although they are listed already: what the
  /// asker puts in [ProfilesSelect#withoutBlocks] of other Sources, **before** it asks them. Only
  /// heads have any.
  default Set<String> coveredBlocks(ProfilesSelect select) {
    return Set.of();
  }
}
