package io.foursight.querier.profiles;

import io.foursight.model.Labels;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileRows;
import io.foursight.model.profiles.ProfileRowsUnion;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// The profiles of several tenants as one: equal series of two tenants are one series. The tenant
/// of a select does not count. Safe from any thread.
final class FederatedProfilesSource implements ProfilesSource {
  private final ProfilesSource source;
  private final List<TenantId> tenants;

  FederatedProfilesSource(ProfilesSource source, List<TenantId> tenants) {
    this.source = source;
    this.tenants = List.copyOf(tenants);
  }

  private <T> List<T> each(Function<TenantId, T> ask) {
    return tenants.stream().map(ask).toList();
  }

  private static ProfilesSelect of(TenantId tenant, ProfilesSelect select) {
    return new ProfilesSelect(
        tenant,
        select.startNanos(),
        select.endNanos(),
        select.matchers(),
        select.ids(),
        select.samples(),
        select.withoutBlocks(),
        select.budget());
  }

  @Override
  public MergedStacks merge(ProfilesSelect select) {
    var parts = new ArrayList<MergedStacks>();
    long held = 0;
    try {
      for (TenantId tenant : tenants) {
        MergedStacks part = source.merge(of(tenant, select));
        long bytes = part.memoryBytes();
        select.budget().charge(bytes);
        held += bytes;
        parts.add(part);
      }
      return ProfilesUnions.stacks(parts, select.budget());
    } finally {
      select.budget().release(held);
    }
  }

  @Override
  public void rows(ProfilesSelect select, boolean bySpan, Consumer<ProfileRows> each) {
    try (var all = new ProfileRowsUnion(bySpan, select.budget())) {
      for (TenantId tenant : tenants) {
        source.rows(of(tenant, select), bySpan, all::add);
      }
      all.forEach(each);
    }
  }

  @Override
  public List<Labels> series(ProfilesSelect select) {
    return ProfilesUnions.series(each(tenant -> source.series(of(tenant, select))));
  }

  @Override
  public List<String> labelNames(ProfilesSelect select) {
    return ProfilesUnions.texts(each(tenant -> source.labelNames(of(tenant, select))));
  }

  @Override
  public List<String> labelValues(String label, ProfilesSelect select) {
    return ProfilesUnions.texts(each(tenant -> source.labelValues(label, of(tenant, select))));
  }

  @Override
  public ProfilesStats stats(ProfilesSelect select) {
    return ProfilesUnions.stats(each(tenant -> source.stats(of(tenant, select))));
  }
}
