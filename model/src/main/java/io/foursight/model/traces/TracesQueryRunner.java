package io.foursight.model.traces;

import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;
import java.util.function.Consumer;

/// Evaluates TraceQL; joins the query-frontend (and the ruler) to the querier. Safe from any
/// thread.
///
/// Every method throws a [io.foursight.model.FoursightException]: `BAD_DATA` when the query does
/// not parse or type-check, `EXECUTION` when evaluating fails for a reason in query or data,
/// `QUERY_LIMIT`, `TIMEOUT`, `CANCELED`, or what the Sources throw.
public interface TracesQueryRunner {
  /// @param tenants one tenant, or several to be read as one
  /// @param query TraceQL without a metrics stage
  /// @param limit traces
  /// @param spansPerSpanSet how many spans of a set come back; the set's count is exact
  record Search(
      List<TenantId> tenants,
      String query,
      long startNanos,
      long endNanos,
      int limit,
      int spansPerSpanSet,
      QueryBudget budget) {
    public Search {
      tenants = List.copyOf(tenants);
    }
  }

  /// @param traces newest first
  record Found(List<FoundTrace> traces, TracesStats stats) {
    public Found {
      traces = List.copyOf(traces);
    }
  }

  /// The newest traces that match, exactly; `progress` is called with traces as they are found
  /// (each once, about newest first), from the calling thread, before the whole answer is returned.
  Found search(Search search, Consumer<Found> progress);

  /// @param stepNanos 0 for one value over the whole range
  /// @param exemplars how many at most
  /// @param maxSeries more are left out with a message; 0 = all
  record Metrics(
      List<TenantId> tenants,
      String query,
      long startNanos,
      long endNanos,
      long stepNanos,
      int exemplars,
      int maxSeries,
      QueryBudget budget) {
    public Metrics {
      tenants = List.copyOf(tenants);
    }
  }

  /// @param message why it is not complete; empty when it is
  record MetricsFound(List<TracesSeries> series, String message, TracesStats stats) {
    public MetricsFound {
      series = List.copyOf(series);
    }
  }

  MetricsFound metrics(Metrics metrics);

  /// One trace, each span once; see [TracesSource#trace].
  ///
  /// @param filter a TraceQL spanset filter of the spans wanted; empty = all
  TracePieces trace(
      List<TenantId> tenants,
      TraceId id,
      long startNanos,
      long endNanos,
      String filter,
      long maxBytes,
      QueryBudget budget);

  /// @param query TraceQL, possibly unfinished, whose conditions narrow the answer; empty = none
  /// @param limit per scope of names, or of values; 0 = no bound
  record Tags(
      List<TenantId> tenants,
      String query,
      long startNanos,
      long endNanos,
      int limit,
      QueryBudget budget) {
    public Tags {
      tenants = List.copyOf(tenants);
    }
  }

  List<TracesTags> tagNames(Tags tags);

  /// @param identifier a TraceQL identifier: `resource.service.name`, `.x`, `event:name`, ...
  List<SpanValue> tagValues(String identifier, Tags tags);
}
