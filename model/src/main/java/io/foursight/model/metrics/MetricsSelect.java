package io.foursight.model.metrics;

import io.foursight.model.LabelMatcher;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import java.util.List;

/// What is asked of a [MetricsSource]: the series of one tenant that satisfy every matcher, and
/// their samples inside `range` (both ends inclusive). No matcher selects everything.
public record MetricsSelect(
    TenantId tenant,
    TimeRange range,
    List<LabelMatcher> matchers,
    SelectHints hints,
    QueryBudget budget) {
  public MetricsSelect {
    matchers = List.copyOf(matchers);
  }

  public MetricsSelect(
      TenantId tenant, TimeRange range, List<LabelMatcher> matchers, QueryBudget budget) {
    this(tenant, range, matchers, SelectHints.NONE, budget);
  }

  /// The same with another delivery.
  public MetricsSelect with(SelectHints.Delivery delivery) {
    return delivery == hints.delivery()
        ? this
        : new MetricsSelect(tenant, range, matchers, hints.with(delivery), budget);
  }
}
