package io.foursight.querier.profiles;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileId;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileSet;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Tells Sources apart that may hold copies of the same profiles, so that a sum over all of them
/// counts each profile once: each Source says by rows, which read no stacks, which profiles it has,
/// and is then asked for those that no Source before it has. Owned by one thread; what it holds is
/// charged until [#close].
final class ProfileShares implements AutoCloseable {
  private static final int ID_BYTES = 64;

  private final QueryBudget budget;
  private final ProfileSet known = new ProfileSet();
  private long charged;

  /// One profile of a push that has others which an earlier Source answers for.
  private record Single(Labels labels, long timeNanos, ProfileId id) {}

  /// What one Source is asked for.
  ///
  /// @param all everything that is selected
  /// @param ids these
  /// @param singles and these, one by one
  /// @param names of labels that series of the Source have
  record Share(boolean all, Set<ProfileId> ids, List<Single> singles, Set<String> names) {
    boolean isNone() {
      return !all && ids.isEmpty() && singles.isEmpty();
    }
  }

  ProfileShares(QueryBudget budget) {
    this.budget = budget;
  }

  /// Nothing was taken so far.
  boolean isEmpty() {
    return known.size() == 0;
  }

  /// The share of the next Source.
  ///
  /// @param rows gives what it has
  /// @param grows whether it may meanwhile get profiles that others get too: then it is only asked
  ///   for what it has now, unless it is the first
  Share next(Consumer<Consumer<ProfileRows>> rows, boolean grows) {
    boolean first = isEmpty();
    Set<ProfileId> own = new HashSet<>();
    Set<ProfileId> others = new HashSet<>();
    List<Single> taken = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    long before = known.memoryBytes();
    rows.accept(series -> {
      budget.check();
      int number = known.series(series.labels());
      series.labels().toMap().keySet().forEach(names::add);
      for (int i = 0; i < series.rows(); i++) {
        var id = new ProfileId(series.idHighs()[i], series.idLows()[i]);
        if (known.add(number, series.timesNanos()[i], id.high(), id.low())) {
          own.add(id);
          taken.add(new Single(series.labels(), series.timesNanos()[i], id));
        } else {
          others.add(id);
        }
      }
      charge((long) ID_BYTES * series.rows());
    });
    charge(known.memoryBytes() - before);
    if (others.isEmpty()) {
      boolean all = !own.isEmpty() && (first || !grows);
      return new Share(all, all ? Set.of() : own, List.of(), names);
    }
    taken.removeIf(single -> !others.contains(single.id()));
    own.removeAll(others);
    return new Share(false, own, taken, names);
  }

  private void charge(long bytes) {
    budget.charge(bytes);
    charged += bytes;
  }

  /// Asks a Source for its share.
  static MergedStacks merge(ProfilesSource source, ProfilesSelect select, Share share) {
    if (share.all()) {
      return source.merge(select);
    }
    var sum = new MergedStacks();
    if (!share.ids().isEmpty()) {
      sum =
          source.merge(
              of(select, select.startNanos(), select.endNanos(), select.matchers(), share.ids()));
    }
    for (Single single : share.singles()) {
      select.budget().check();
      var matchers = new ArrayList<LabelMatcher>(select.matchers());
      for (String name : share.names()) {
        matchers.add(LabelMatcher.equal(name, single.labels().get(name)));
      }
      long time = single.timeNanos();
      sum.add(source.merge(of(select, time, time + 1, matchers, Set.of(single.id()))));
    }
    return sum;
  }

  private static ProfilesSelect of(
      ProfilesSelect select,
      long startNanos,
      long endNanos,
      List<LabelMatcher> matchers,
      Set<ProfileId> ids) {
    return new ProfilesSelect(
        select.tenant(),
        startNanos,
        endNanos,
        matchers,
        ids,
        select.samples(),
        select.withoutBlocks(),
        select.budget());
  }

  @Override
  public void close() {
    budget.release(charged);
    charged = 0;
  }
}
