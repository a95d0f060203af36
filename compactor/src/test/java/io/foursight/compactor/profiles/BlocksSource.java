package io.foursight.compactor.profiles;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.storage.block.ObjectBlockStore;
import io.foursight.storage.profiles.block.v1.ProfilesBlockReader;
import io.foursight.storage.profiles.block.v1.ProfilesMerge;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/// The blocks that a tenant has in a store, as one Source.
final class BlocksSource implements ProfilesSource {
  private final List<ProfilesBlockReader> readers;
  private final Optional<ExecutorService> workers;

  BlocksSource(ObjectBlockStore store, TenantId tenant, Optional<ExecutorService> workers) {
    this.workers = workers;
    readers =
        store.blocks(tenant).stream()
            .map(entry ->
                ProfilesBlockReader.open(
                    entry.meta(), file -> store.open(tenant, entry.meta(), file)))
            .toList();
  }

  List<ProfilesBlockReader> readers() {
    return readers;
  }

  @Override
  public MergedStacks merge(ProfilesSelect select) {
    try (var merge = new ProfilesMerge(select, workers, 2)) {
      readers.forEach(merge::plan);
      readers.forEach(merge::read);
      return merge.result();
    }
  }

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    try (var union = new ProfileRowsUnion(bySpan, select.budget())) {
      readers.forEach(reader -> reader.rows(select, bySpan, union));
      union.forEach(each);
    }
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    var all = new TreeSet<Labels>();
    readers.forEach(reader -> all.addAll(reader.series(select)));
    return List.copyOf(all);
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    var all = new TreeSet<String>();
    readers.forEach(reader -> all.addAll(reader.labelNames(select)));
    return List.copyOf(all);
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    var all = new TreeSet<String>();
    readers.forEach(reader -> all.addAll(reader.labelValues(label, select)));
    return List.copyOf(all);
  }

  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    ProfilesStats sum = ProfilesStats.NONE;
    for (ProfilesBlockReader reader : readers) {
      sum = sum.plus(reader.stats(select));
    }
    return sum;
  }
}
