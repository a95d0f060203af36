package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.querier.profiles.ProfileShares.Share;
import io.foursight.querier.replication.Ingesters;
import io.foursight.querier.replication.Ingesters.Answers;
import io.foursight.querier.replication.Ingesters.Replica;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Recent profiles from the ingesters of a ring, each once: copies of replicas are told by series,
/// time and id. For a sum each replica first says what it has, then one of them answers for each
/// profile; when that one dies, another does. Safe from any thread.
public final class ReplicatedProfilesSource implements CountedSum.Counting {
  private final Ingesters<ProfilesSource> ingesters;

  public ReplicatedProfilesSource(Ingesters<ProfilesSource> ingesters) {
    this.ingesters = ingesters;
  }

  private List<Replica<CountedProfiles>> counted(ProfilesSelect select, boolean bySpan) {
    return ingesters.open(
        select.tenant(),
        select.budget(),
        source -> CountedProfiles.of(source, select, bySpan),
        CountedProfiles::close);
  }

  @Override
  public MergedStacks merge(ProfilesSelect select) {
    CountedSum sum = mergeCounted(select);
    sum.counted().close();
    return sum.stacks();
  }

  @Override
  public CountedSum mergeCounted(ProfilesSelect select) {
    List<Replica<CountedProfiles>> replicas = counted(select, false);
    try {
      var alive = new ArrayList<>(replicas);
      while (true) {
        Optional<CountedSum> sum = sum(alive, select);
        if (sum.isPresent()) {
          return sum.get();
        }
      }
    } finally {
      replicas.forEach(replica -> replica.opened().close());
    }
  }

  /// @return empty when a replica failed that the read survives; it is gone from the list
  private static Optional<CountedSum> sum(
      List<Replica<CountedProfiles>> alive, ProfilesSelect select) {
    var sum = new MergedStacks();
    var shares = new ProfileShares(select.budget());
    boolean done = false;
    try {
      for (Replica<CountedProfiles> replica : List.copyOf(alive)) {
        Share share = shares.next(replica.opened().rows()::forEach, true);
        if (share.isNone()) {
          continue;
        }
        try {
          sum.add(ProfileShares.merge(replica.opened().source(), select, share));
        } catch (RuntimeException e) {
          replica.failed(e);
          alive.remove(replica);
          return Optional.empty();
        }
      }
      done = true;
      return Optional.of(new CountedSum(sum, shares));
    } finally {
      if (!done) {
        shares.close();
      }
    }
  }

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    List<Replica<CountedProfiles>> replicas = counted(select, bySpan);
    try (var union = new ProfileRowsUnion(bySpan, select.budget())) {
      replicas.forEach(replica -> replica.opened().rows().forEach(union::add));
      union.forEach(each);
    } finally {
      replicas.forEach(replica -> replica.opened().close());
    }
  }

  private <T> Answers<T> each(ProfilesSelect select, Function<ProfilesSource, T> question) {
    return ingesters.each(select.tenant(), select.budget(), question);
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    return ProfilesUnions.series(each(select, source -> source.series(select)).each());
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    return ProfilesUnions.texts(each(select, source -> source.labelNames(select)).each());
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    return ProfilesUnions.texts(each(select, source -> source.labelValues(label, select)).each());
  }

  /// One copy's share of what the replicas count.
  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    Answers<ProfilesStats> answers =
        ingesters.all(select.tenant(), select.budget(), source -> source.stats(select));
    return ProfilesUnions.share(ProfilesUnions.stats(answers.each()), answers.copies());
  }

  /// What any of them covers: the others have what one covers in their heads, or in blocks of their
  /// own.
  @Override
  public Set<String> coveredBlocks(ProfilesSelect select) {
    var all = new HashSet<String>();
    each(select, source -> source.coveredBlocks(select)).each().forEach(all::addAll);
    return all;
  }
}
