package io.foursight.model.logs;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;

/// Evaluates LogQL; joins the query-frontend (and the ruler) to the querier. Safe from any thread.
public interface LogsQueryRunner {
  /// One evaluation. A log query answers entries in `[startNanos, endNanos)`; a metric query
  /// answers the steps `startNanos, startNanos + stepNanos, ... <= endNanos`.
  ///
  /// @param tenants one tenant, or several to be read as one (results carry `__tenant_id__`)
  /// @param stepNanos 0 for an instant query, whose time is `startNanos`
  /// @param intervalNanos log queries: keep one entry of a stream an interval; 0 = all
  /// @param limit log queries: entries over all streams
  /// @param maxSeries metric queries: more is an error
  /// @param maxSeriesPartial past `maxSeries` answer what is there with a warning instead
  record Request(
      List<TenantId> tenants,
      String query,
      long startNanos,
      long endNanos,
      long stepNanos,
      long intervalNanos,
      int limit,
      Direction direction,
      int maxSeries,
      boolean maxSeriesPartial,
      QueryBudget budget) {
    public Request {
      tenants = List.copyOf(tenants);
    }

    public boolean isInstant() {
      return stepNanos == 0;
    }
  }

  /// @throws io.foursight.model.FoursightException `BAD_DATA` when the query does not parse or
  ///   type-check (message as Loki words it), `QUERY_LIMIT`, `TIMEOUT`, `CANCELED`, or what the
  ///   Sources throw
  LogsQueryResult run(Request request);
}
