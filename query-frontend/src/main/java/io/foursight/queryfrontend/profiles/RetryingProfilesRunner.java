package io.foursight.queryfrontend.profiles;

import io.foursight.model.Labels;
import io.foursight.model.profiles.MergedStacks;
import io.foursight.model.profiles.ProfilesQueryRunner;
import io.foursight.model.profiles.ProfilesStats;
import io.foursight.queryfrontend.Retries;
import java.util.List;

/// Evaluates again what failed because somebody went away. Safe from any thread.
public record RetryingProfilesRunner(ProfilesQueryRunner runner, Retries retries)
    implements ProfilesQueryRunner {
  @Override
  public MergedStacks merge(Query query) {
    return retries.run(query.budget(), () -> runner.merge(query));
  }

  @Override
  public List<Points> series(
      Query query,
      List<String> groupBy,
      long stepNanos,
      Aggregation aggregation,
      Exemplars exemplars,
      int limit) {
    return retries.run(
        query.budget(),
        () -> runner.series(query, groupBy, stepNanos, aggregation, exemplars, limit));
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
    return retries.run(
        query.budget(),
        () -> runner.heatmap(query, groupBy, stepNanos, bySpan, exemplars, bands, limit));
  }

  @Override
  public List<Labels> labelSets(Query query) {
    return retries.run(query.budget(), () -> runner.labelSets(query));
  }

  @Override
  public List<String> labelNames(Query query) {
    return retries.run(query.budget(), () -> runner.labelNames(query));
  }

  @Override
  public List<String> labelValues(String label, Query query) {
    return retries.run(query.budget(), () -> runner.labelValues(label, query));
  }

  @Override
  public ProfilesStats stats(Query query) {
    return retries.run(query.budget(), () -> runner.stats(query));
  }
}
