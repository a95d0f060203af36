package io.foursight.model.profiles;

import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import java.util.List;
import java.util.Set;

/// Evaluates profile queries; joins the query-frontend (and the ruler) to the querier. Safe from
/// any thread. Every method throws a [io.foursight.model.FoursightException]: `BAD_DATA` when type
/// or selector do not parse, `QUERY_LIMIT`, `TIMEOUT`, `CANCELED`, or what the Sources throw.
public interface ProfilesQueryRunner {
  /// Which profiles.
  ///
  /// @param tenants one tenant, or several to be read as one
  /// @param profileType `name:sample_type:sample_unit:period_type:period_unit`; empty = any
  /// @param selector `{label="value", ...}`; empty = all
  /// @param endNanos exclusive
  record Query(
      List<TenantId> tenants,
      String profileType,
      String selector,
      long startNanos,
      long endNanos,
      Set<ProfileId> ids,
      SampleFilter samples,
      QueryBudget budget) {
    public Query {
      tenants = List.copyOf(tenants);
      ids = Set.copyOf(ids);
    }
  }

  MergedStacks merge(Query query);

  /// How points of a series are made of profiles.
  enum Aggregation {
    SUM,
    AVERAGE
  }

  /// Whether each point carries the largest of what it is made of.
  enum Exemplars {
    NONE,
    INDIVIDUAL,
    SPAN
  }

  /// The profile or span with the largest value of a point.
  record Exemplar(
      long timeNanos,
      ProfileId profile,
      long spanId,
      long traceHigh,
      long traceLow,
      long value,
      Labels labels) {}

  /// Points at `start + k * step`, each of what was taken in `(point - step, point]`; none where
  /// nothing was.
  ///
  /// @param exemplars beside the points, or empty
  record Points(Labels labels, long[] timesMillis, double[] values, List<Exemplar> exemplars) {
    public Points {
      exemplars = List.copyOf(exemplars);
    }
  }

  /// @param groupBy labels that series keep
  /// @param limit series with the largest sums; 0 = all
  List<Points> series(
      Query query,
      List<String> groupBy,
      long stepNanos,
      Aggregation aggregation,
      Exemplars exemplars,
      int limit);

  /// How many profiles, or spans, have a value in each of some bands, in the columns of [Points].
  ///
  /// @param timesMillis right edges
  /// @param counts by time, then by band, lowest first
  record Heatmap(
      Labels labels,
      long[] timesMillis,
      double[] bandStarts,
      int[][] counts,
      List<Exemplar> exemplars) {
    public Heatmap {
      exemplars = List.copyOf(exemplars);
    }
  }

  /// @param bands of equal width between the least and the largest value
  List<Heatmap> heatmap(
      Query query,
      List<String> groupBy,
      long stepNanos,
      boolean bySpan,
      Exemplars exemplars,
      int bands,
      int limit);

  List<Labels> labelSets(Query query);

  List<String> labelNames(Query query);

  List<String> labelValues(String label, Query query);

  ProfilesStats stats(Query query);
}
