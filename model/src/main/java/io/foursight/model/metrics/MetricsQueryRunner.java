package io.foursight.model.metrics;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.time.Duration;
import java.util.List;

/// Evaluates PromQL; joins the query-frontend (and the ruler) to the querier. Safe from any thread.
public interface MetricsQueryRunner {
  /// One evaluation.
  ///
  /// @param tenants one tenant, or several to be read as one (results carry `__tenant_id__`)
  /// @param start first step; for an instant query the evaluation time
  /// @param end last step, inclusive; equal to `start` for an instant query
  /// @param step 0 for an instant query
  /// @param lookback how far back an instant selector looks
  /// @param options what the language may do
  record Request(
      List<TenantId> tenants,
      String query,
      long startMillis,
      long endMillis,
      long stepMillis,
      Duration lookback,
      Options options,
      QueryBudget budget) {
    public Request {
      tenants = List.copyOf(tenants);
    }

    public boolean isInstant() {
      return stepMillis == 0;
    }
  }

  /// @param experimentalFunctions experimental functions, `limitk`, `limit_ratio`, `info`, ...
  /// @param extendedRangeSelectors `anchored` and `smoothed`
  /// @param fillModifiers `fill`, `fill_left`, `fill_right`
  /// @param delayedNameRemoval drop `__name__` at the end instead of in each operation
  /// @param startTimestamps let rate, increase, irate and resets use start timestamps
  /// @param defaultSubqueryStep step of a subquery that names none, in milliseconds
  record Options(
      boolean experimentalFunctions,
      boolean extendedRangeSelectors,
      boolean fillModifiers,
      boolean delayedNameRemoval,
      boolean startTimestamps,
      long defaultSubqueryStep) {
    public static final Options STABLE = new Options(false, false, false, false, true, 60_000);
    public static final Options ALL = new Options(true, true, true, true, true, 60_000);
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA` when the query does not parse or
  ///   type-check (message as Prometheus words it, with position), `EXECUTION` when it fails at run
  ///   time, `QUERY_LIMIT`, `TIMEOUT`, `CANCELED`, or what the Sources throw
  MetricsQueryResult run(Request request);
}
