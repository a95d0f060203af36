package io.foursight.querier.profiles;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.querier.profiles.ProfileShares.Share;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Recent and historic profiles read as one: each profile once.
///
/// The heads are asked first, and the blocks without those that the heads answered for. What a head
/// covers may change while it is asked: it lets go of a segment when the store-gateway has its
/// block. So it is looked at before and after. What came meanwhile is of no account, for its
/// profiles are in the answer; when something went, the head is asked again, for a sum does not
/// tell what it is made of. Safe from any thread. One failing Source fails the call.
///
/// Errors beside those of the Sources: `UNAVAILABLE` when the head never stood still.
public final class ProfilesFanIn implements ProfilesSource {
  private static final int ATTEMPTS = 8;

  private final ProfilesSource recent;
  private final ProfilesSource historic;

  public ProfilesFanIn(ProfilesSource recent, ProfilesSource historic) {
    this.recent = recent;
    this.historic = historic;
  }

  /// An answer of the heads.
  ///
  /// @param covered blocks that it stands for
  private record Recent<T>(T answer, Set<String> covered) {}

  private <T> Recent<T> recent(
      ProfilesSelect select, Function<ProfilesSelect, T> ask, Consumer<T> discard) {
    Set<String> before = recent.coveredBlocks(select);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      T answer = ask.apply(select);
      Set<String> after = recent.coveredBlocks(select);
      if (after.containsAll(before)) {
        return new Recent<>(answer, after);
      }
      discard.accept(answer);
      select.budget().check();
      before = after;
    }
    throw FoursightException.unavailable(
        "recent profiles moved to blocks in each of " + ATTEMPTS + " attempts to read them");
  }

  private <T> List<T> both(
      ProfilesSelect select, Function<ProfilesSource, Function<ProfilesSelect, T>> ask) {
    Recent<T> first = recent(select, ask.apply(recent), unused -> {});
    T second = ask.apply(historic).apply(select.withoutBlocks(first.covered()));
    return List.of(first.answer(), second);
  }

  /// A profile may be in a head and in a block that no head covers: a replica has let go of it, or
  /// its sender repeated itself. So the blocks are only asked for what the heads have not.
  @Override
  public MergedStacks merge(ProfilesSelect select) {
    Recent<CountedSum> first =
        recent(select, s -> CountedSum.of(recent, s), sum -> sum.counted().close());
    MergedStacks heads = first.answer().stacks();
    ProfilesSelect rest = select.withoutBlocks(first.covered());
    long held = heads.memoryBytes();
    try (ProfileShares shares = first.answer().counted()) {
      select.budget().charge(held);
      try {
        if (shares.isEmpty()) {
          return ProfilesUnions.stacks(List.of(heads, historic.merge(rest)), select.budget());
        }
        Share share = shares.next(each -> historic.rows(rest, false, each), false);
        return share.isNone()
            ? heads
            : ProfilesUnions.stacks(
                List.of(heads, ProfileShares.merge(historic, rest, share)), select.budget());
      } finally {
        select.budget().release(held);
      }
    }
  }

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    Recent<ProfileRowsUnion> first =
        recent(select, s -> recentRows(s, bySpan), ProfileRowsUnion::close);
    try (ProfileRowsUnion all = first.answer()) {
      historic.rows(select.withoutBlocks(first.covered()), bySpan, all::add);
      all.forEach(each);
    }
  }

  private ProfileRowsUnion recentRows(ProfilesSelect select, boolean bySpan) {
    var rows = new ProfileRowsUnion(bySpan, select.budget());
    try {
      recent.rows(select, bySpan, rows::add);
      return rows;
    } catch (RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    return ProfilesUnions.series(both(select, source -> source::series));
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    return ProfilesUnions.texts(both(select, source -> source::labelNames));
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    return ProfilesUnions.texts(both(select, source -> s -> source.labelValues(label, s)));
  }

  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    return ProfilesUnions.stats(both(select, source -> source::stats));
  }

  @Override
  public Set<String> coveredBlocks(ProfilesSelect select) {
    return recent.coveredBlocks(select);
  }
}
