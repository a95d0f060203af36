package io.foursight.querier.profiles;

import io.foursight.model.FoursightException;
import io.foursight.model.Labels;
import io.foursight.model.TimeRange;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.querier.profiles.ProfileShares.Share;
import io.foursight.querier.replication.StoreGateways;
import io.foursight.querier.replication.StoreGateways.Halves;
import io.foursight.querier.replication.StoreGateways.Read;
import io.foursight.querier.replication.Tolerance;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;

/// Historic profiles from the store-gateways of a ring, each block and each profile once: blocks as
/// ingesters cut them exist once for each replica, and for a sum each gateway first says what its
/// share of the blocks has. Safe from any thread.
public final class ShardedProfilesBlocks implements ProfilesSource {
  private static final long NANOS = 1_000_000;
  private static final int ATTEMPTS = 3;

  private final StoreGateways<ProfilesSource> gateways;
  private final IntSupplier replicas;

  /// @param replicas ingesters that a profile is written to
  public ShardedProfilesBlocks(StoreGateways<ProfilesSource> gateways, IntSupplier replicas) {
    this.gateways = gateways;
    this.replicas = replicas;
  }

  private static <R> Read<ProfilesSource, R> read(
      ProfilesSelect select, Function<ProfilesSource, R> question, Consumer<R> discard) {
    return new Read<>(
        select.tenant(),
        new TimeRange(
            Math.floorDiv(select.startNanos(), NANOS), Math.floorDiv(select.endNanos() - 1, NANOS)),
        select.budget(),
        block -> !select.withoutBlocks().contains(block.id()),
        question,
        discard);
  }

  private <R> List<R> parts(ProfilesSelect select, Function<ProfilesSource, R> question) {
    return isEmpty(select)
        ? List.of()
        : gateways.read(read(select, question, unused -> {})).parts();
  }

  private static boolean isEmpty(ProfilesSelect select) {
    return select.startNanos() >= select.endNanos();
  }

  private List<CountedProfiles> counted(ProfilesSelect select, boolean bySpan) {
    return isEmpty(select)
        ? List.of()
        : gateways
            .read(
                read(
                    select,
                    source -> CountedProfiles.of(source, select, bySpan),
                    CountedProfiles::close))
            .parts();
  }

  /// Begun anew when a gateway or a block is gone between the count and the sum.
  @Override
  public MergedStacks merge(ProfilesSelect select) {
    for (int attempt = 1; ; attempt++) {
      List<CountedProfiles> parts = counted(select, false);
      try (var shares = new ProfileShares(select.budget())) {
        var sum = new MergedStacks();
        for (CountedProfiles part : parts) {
          Share share = shares.next(part.rows()::forEach, false);
          if (!share.isNone()) {
            sum.add(ProfileShares.merge(part.source(), select, share));
          }
        }
        return sum;
      } catch (FoursightException e) {
        select.budget().check();
        if (!Tolerance.isInstances(e) || attempt == ATTEMPTS) {
          throw e;
        }
      } finally {
        parts.forEach(CountedProfiles::close);
      }
    }
  }

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    List<CountedProfiles> parts = counted(select, bySpan);
    try (var union = new ProfileRowsUnion(bySpan, select.budget())) {
      parts.forEach(part -> part.rows().forEach(union::add));
      union.forEach(each);
    } finally {
      parts.forEach(CountedProfiles::close);
    }
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    return ProfilesUnions.series(parts(select, source -> source.series(select)));
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    return ProfilesUnions.texts(parts(select, source -> source.labelNames(select)));
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    return ProfilesUnions.texts(parts(select, source -> source.labelValues(label, select)));
  }

  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    if (isEmpty(select)) {
      return ProfilesStats.NONE;
    }
    Halves<ProfilesStats> halves =
        gateways.readHalves(read(select, source -> source.stats(select), unused -> {}));
    return ProfilesUnions.share(ProfilesUnions.stats(halves.cut()), replicas.getAsInt())
        .plus(ProfilesUnions.stats(halves.merged()));
  }
}
