package io.foursight.querier.profiles;

import io.foursight.model.Deadline;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.Signal;
import io.foursight.model.TenantId;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfileType;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.model.profiles.ProfilesSelect;
import io.foursight.model.profiles.ProfilesSource;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.querier.EvaluationPool;
import io.foursight.querier.QuerierConfig;
import io.foursight.querylanguages.profileql.parse.ProfileqlParser;
import io.foursight.runtime.Service;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/// Runs profile queries over the fan-in of all Sources, on an [EvaluationPool].
///
/// Safe from any thread. Errors beside the Sources': those of the pool, and `BAD_DATA` for a type
/// or selector that does not parse. A sum that is returned stays charged to its query's budget.
public final class ProfilesQuerier implements ProfilesQueryRunner, Service {
  private final ProfilesSource source;
  private final EvaluationPool pool;

  /// @param source all data of all tenants
  public ProfilesQuerier(ProfilesSource source, QuerierConfig config, MeterRegistry meters) {
    this.source = source;
    this.pool = new EvaluationPool(Signal.PROFILES, config, meters);
  }

  @Override
  public void start() {}

  private <T> T run(Query query, BiFunction<ProfilesSource, ProfilesSelect, T> evaluation) {
    return run(query, query.startNanos(), evaluation);
  }

  private <T> T run(
      Query query, long startNanos, BiFunction<ProfilesSource, ProfilesSelect, T> evaluation) {
    ProfilesSelect select = select(query, startNanos);
    return pool.run(query.budget(), helpers -> evaluation.apply(source(query.tenants()), select));
  }

  private static ProfilesSelect select(Query query, long startNanos) {
    var matchers = new ArrayList<LabelMatcher>();
    if (!query.profileType().isEmpty()) {
      matchers.add(
          LabelMatcher.equal(ProfileType.LABEL, ProfileType.parse(query.profileType()).id()));
    }
    matchers.addAll(ProfileqlParser.parseMatchers(query.selector()));
    return new ProfilesSelect(
        query.tenants().getFirst(),
        startNanos,
        query.endNanos(),
        matchers,
        query.ids(),
        query.samples(),
        Set.of(),
        query.budget());
  }

  @Override
  public MergedStacks merge(Query query) {
    return run(
        query,
        (all, select) -> {
          MergedStacks sum = all.merge(select);
          query.budget().charge(sum.memoryBytes());
          return sum;
        });
  }

  @Override
  public List<Points> series(
      Query query,
      List<String> groupBy,
      long stepNanos,
      Aggregation aggregation,
      Exemplars exemplars,
      int limit) {
    TimeGrid grid = TimeGrid.of(query.startNanos(), stepNanos);
    return run(
        query,
        grid.firstNanos(),
        (all, select) ->
            new SeriesQuery(grid, query.endNanos(), groupBy, aggregation, exemplars, query.budget())
                .run(all, select, limit));
  }

  @Override
  public List<Heatmap> heatmap(
      Query query,
      List<String> groupBy,
      long stepNanos,
      boolean bySpan,
      Exemplars exemplars,
      int bands,
      int limit) {
    TimeGrid grid = TimeGrid.of(query.startNanos(), stepNanos);
    return run(
        query,
        grid.firstNanos(),
        (all, select) ->
            new HeatmapQuery(grid, groupBy, exemplars, bands, query.budget())
                .run(all, select, bySpan, limit));
  }

  @Override
  public List<Labels> labelSets(Query query) {
    return run(query, ProfilesSource::series);
  }

  @Override
  public List<String> labelNames(Query query) {
    return run(query, ProfilesSource::labelNames);
  }

  @Override
  public List<String> labelValues(String label, Query query) {
    return run(query, (all, select) -> all.labelValues(label, select));
  }

  @Override
  public ProfilesStats stats(Query query) {
    return run(query, ProfilesSource::stats);
  }

  /// The data of the tenants read as one.
  public ProfilesSource source(List<TenantId> tenants) {
    return tenants.size() == 1 ? source : new FederatedProfilesSource(source, tenants);
  }

  @Override
  public void stop(Deadline deadline) {
    pool.stop(deadline);
  }
}
