package io.foursight.queryfrontend.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.SpanValue;
import io.foursight.model.traces.TraceId;
import io.foursight.model.traces.TracePieces;
import io.foursight.model.traces.TracesQueryRunner;
import io.foursight.model.traces.TracesTags;
import io.foursight.queryfrontend.Retries;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;

/// Evaluates again what failed because somebody went away; what a search has told already is not
/// told twice. Safe from any thread.
public record RetryingTracesRunner(TracesQueryRunner runner, Retries retries)
    implements TracesQueryRunner {
  @Override
  public Found search(Search search, Consumer<Found> progress) {
    var told = new HashSet<TraceId>();
    Consumer<Found> fresh =
        found ->
            progress.accept(
                new Found(
                    found.traces().stream().filter(trace -> told.add(trace.id())).toList(),
                    found.stats()));
    return retries.run(search.budget(), () -> runner.search(search, fresh));
  }

  @Override
  public MetricsFound metrics(Metrics metrics) {
    return retries.run(metrics.budget(), () -> runner.metrics(metrics));
  }

  @Override
  public TracePieces trace(
      List<TenantId> tenants,
      TraceId id,
      long startNanos,
      long endNanos,
      String filter,
      long maxBytes,
      QueryBudget budget) {
    return retries.run(
        budget, () -> runner.trace(tenants, id, startNanos, endNanos, filter, maxBytes, budget));
  }

  @Override
  public List<TracesTags> tagNames(Tags tags) {
    return retries.run(tags.budget(), () -> runner.tagNames(tags));
  }

  @Override
  public List<SpanValue> tagValues(String identifier, Tags tags) {
    return retries.run(tags.budget(), () -> runner.tagValues(identifier, tags));
  }
}
