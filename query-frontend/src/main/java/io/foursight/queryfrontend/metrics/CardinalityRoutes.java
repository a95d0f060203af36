package io.foursight.queryfrontend.metrics;

import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.metrics.MetricsCardinality;
import io.foursight.model.metrics.MetricsCardinality.HistogramSeries;
import io.foursight.model.metrics.MetricsCardinality.Scope;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.queryfrontend.FairQueue.Ticket;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.json.JsonBuffer;
import io.foursight.wire.metrics.json.PrometheusJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Mimir's cardinality endpoints: bare JSON without an envelope, counted over the series in the
/// head.
final class CardinalityRoutes {
  private static final int DEFAULT_LIMIT = 20;
  private static final int MAX_LIMIT = 500;

  /// Heap held for a distinct value, for the budget.
  private static final long VALUE_BYTES = 120;

  private final ReadDesk desk;
  private final MetricsCardinality cardinality;

  CardinalityRoutes(ReadDesk desk, MetricsCardinality cardinality) {
    this.desk = desk;
    this.cardinality = cardinality;
  }

  private record Count(String text, long count) {
    /// Greatest first, then by name.
    static final Comparator<Count> ORDER =
        Comparator.comparingLong(Count::count)
            .reversed()
            .thenComparing(Count::text, Labels::compareText);

    static List<Count> top(Map<String, Long> counts, int limit) {
      return counts.entrySet().stream()
          .map(e -> new Count(e.getKey(), e.getValue()))
          .sorted(ORDER)
          .limit(limit)
          .toList();
    }
  }

  HttpReply labelNames(HttpCall call) {
    TenantId tenant = tenant(call);
    int limit = limit(call);
    Scope scope = scope(call);
    List<LabelMatcher> matchers = selector(call, false);
    QueryBudget budget = desk.budget(call, List.of(tenant), Optional.empty());
    Map<String, Set<String>> values =
        inSlot(tenant, budget, () -> distinctValues(tenant, matchers, scope, budget));
    Map<String, Long> counts = new HashMap<>();
    values.forEach((name, distinct) -> counts.put(name, (long) distinct.size()));
    var out = new JsonBuffer();
    out.raw("{\"label_values_count_total\":");
    out.number(counts.values().stream().mapToLong(n -> n).sum());
    out.raw(",\"label_names_count\":").number(counts.size()).raw(",\"cardinality\":[");
    String comma = "";
    for (Count count : Count.top(counts, limit)) {
      out.raw(comma).raw("{\"label_name\":").text(count.text());
      out.raw(",\"label_values_count\":").number(count.count()).raw('}');
      comma = ",";
    }
    return HttpReply.json(200, out.raw("]}").toByteArray());
  }

  private Map<String, Set<String>> distinctValues(
      TenantId tenant, List<LabelMatcher> matchers, Scope scope, QueryBudget budget) {
    Map<String, Set<String>> values = new HashMap<>();
    try (SeriesCursor series = cardinality.series(tenant, matchers, scope, budget)) {
      while (series.next()) {
        series
            .labels()
            .forEach((name, value) -> {
              if (values.computeIfAbsent(name, n -> new HashSet<>()).add(value)) {
                budget.charge(VALUE_BYTES);
              }
            });
      }
    }
    return values;
  }

  HttpReply labelValues(HttpCall call) {
    TenantId tenant = tenant(call);
    int limit = limit(call);
    Scope scope = scope(call);
    List<String> names = labelNamesAsked(call, tenant);
    List<LabelMatcher> matchers = selector(call, false);
    QueryBudget budget = desk.budget(call, List.of(tenant), Optional.empty());
    Map<String, Map<String, Long>> seriesByValue = new TreeMap<>(Labels::compareText);
    names.forEach(name -> seriesByValue.put(name, new HashMap<>()));
    long total =
        inSlot(
            tenant,
            budget,
            () -> {
              long n = 0;
              try (SeriesCursor series = cardinality.series(tenant, matchers, scope, budget)) {
                while (series.next()) {
                  n++;
                  Labels labels = series.labels();
                  seriesByValue.forEach((name, counts) -> {
                    String value = labels.get(name);
                    if (!value.isEmpty() && counts.merge(value, 1L, Long::sum) == 1) {
                      budget.charge(VALUE_BYTES);
                    }
                  });
                }
              }
              return n;
            });
    var out = new JsonBuffer();
    out.raw("{\"series_count_total\":").number(total).raw(",\"labels\":[");
    List<Count> order =
        seriesByValue.entrySet().stream()
            .map(e -> new Count(e.getKey(), e.getValue().values().stream().mapToLong(n -> n).sum()))
            .sorted(Count.ORDER)
            .toList();
    String comma = "";
    for (Count label : order) {
      Map<String, Long> counts = seriesByValue.get(label.text());
      out.raw(comma).raw("{\"label_name\":").text(label.text());
      out.raw(",\"label_values_count\":").number(counts.size());
      out.raw(",\"series_count\":").number(label.count()).raw(",\"cardinality\":[");
      String inner = "";
      for (Count value : Count.top(counts, limit)) {
        out.raw(inner).raw("{\"label_value\":").text(value.text());
        out.raw(",\"series_count\":").number(value.count()).raw('}');
        inner = ",";
      }
      out.raw("]}");
      comma = ",";
    }
    return HttpReply.json(200, out.raw("]}").toByteArray());
  }

  private List<String> labelNamesAsked(HttpCall call, TenantId tenant) {
    var names = new ArrayList<String>();
    for (String name : call.parameters("label_names[]")) {
      if (name.isEmpty()) {
        throw FoursightException.badData("invalid 'label_names' param ''");
      }
      if (!names.contains(name)) {
        names.add(name);
      }
    }
    if (names.isEmpty()) {
      throw FoursightException.badData("'label_names[]' param is required");
    }
    int most = desk.limits(List.of(tenant)).labelValuesMaxCardinalityLabelNamesPerRequest();
    if (names.size() > most) {
      throw FoursightException.badData(
          "'label_names[]' param count is "
              + names.size()
              + ", the limit is "
              + most
              + " (limits.label_values_max_cardinality_label_names_per_request)");
    }
    return names;
  }

  HttpReply activeSeries(HttpCall call) {
    TenantId tenant = tenant(call);
    List<LabelMatcher> matchers = selector(call, true);
    QueryBudget budget = desk.budget(call, List.of(tenant), Optional.empty());
    List<Labels> found = new ArrayList<>();
    inSlot(
        tenant,
        budget,
        () -> {
          try (SeriesCursor series = cardinality.series(tenant, matchers, Scope.ACTIVE, budget)) {
            while (series.next()) {
              found.add(series.labels());
              budget.charge(VALUE_BYTES);
            }
          }
          return found;
        });
    return HttpReply.stream(
        200,
        "application/json",
        stream -> {
          var out = new JsonBuffer(stream);
          out.raw("{\"data\":[");
          for (int i = 0; i < found.size(); i++) {
            PrometheusJson.labels(i > 0 ? out.raw(',') : out, found.get(i));
          }
          out.raw("]}").flush();
        });
  }

  HttpReply activeNativeHistogramMetrics(HttpCall call) {
    TenantId tenant = tenant(call);
    List<LabelMatcher> matchers = selector(call, true);
    QueryBudget budget = desk.budget(call, List.of(tenant), Optional.empty());
    List<HistogramSeries> found =
        inSlot(tenant, budget, () -> cardinality.activeNativeHistograms(tenant, matchers, budget));
    Map<String, List<HistogramSeries>> metrics = new TreeMap<>(Labels::compareText);
    for (HistogramSeries series : found) {
      metrics.computeIfAbsent(series.labels().metricName(), n -> new ArrayList<>()).add(series);
    }
    var out = new JsonBuffer();
    out.raw("{\"data\":[");
    String comma = "";
    for (var metric : metrics.entrySet()) {
      var buckets =
          metric.getValue().stream().mapToLong(HistogramSeries::buckets).summaryStatistics();
      out.raw(comma).raw("{\"metric\":").text(metric.getKey());
      out.raw(",\"series_count\":").number(buckets.getCount());
      out.raw(",\"bucket_count\":").number(buckets.getSum());
      out.raw(",\"avg_bucket_count\":").number(buckets.getAverage());
      out.raw(",\"min_bucket_count\":").number(buckets.getMin());
      out.raw(",\"max_bucket_count\":").number(buckets.getMax()).raw('}');
      comma = ",";
    }
    return HttpReply.json(200, out.raw("]}").toByteArray());
  }

  private <T> T inSlot(TenantId tenant, QueryBudget budget, Supplier<T> work) {
    try (Ticket ticket = desk.admit(List.of(tenant))) {
      return ticket.run(budget, work);
    }
  }

  private TenantId tenant(HttpCall call) {
    TenantId tenant = call.tenant();
    if (!desk.limits(List.of(tenant)).cardinalityAnalysisEnabled()) {
      throw FoursightException.badData(
          "cardinality analysis is disabled for the tenant: "
              + tenant
              + " (limits.cardinality_analysis_enabled)");
    }
    return tenant;
  }

  private static int limit(HttpCall call) {
    String text = call.parameter("limit").orElse("");
    if (text.isEmpty()) {
      return DEFAULT_LIMIT;
    }
    int limit;
    try {
      limit = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw FoursightException.badData("'limit' param is not a number: " + Parameters.quoted(text));
    }
    if (limit < 0 || limit > MAX_LIMIT) {
      throw FoursightException.badData(
          "'limit' param is " + limit + ", it must be between 0 and " + MAX_LIMIT);
    }
    return limit;
  }

  private static Scope scope(HttpCall call) {
    String text = call.parameter("count_method").orElse("");
    return switch (text) {
      case "", "inmemory" -> Scope.IN_MEMORY;
      case "active" -> Scope.ACTIVE;
      default ->
          throw FoursightException.badData(
              "invalid 'count_method' param "
                  + Parameters.quoted(text)
                  + ", allowed are inmemory and active");
    };
  }

  private static List<LabelMatcher> selector(HttpCall call, boolean required) {
    List<String> texts = call.parameters("selector");
    if (texts.size() > 1) {
      throw FoursightException.badData("multiple 'selector' params are not allowed");
    }
    if (texts.isEmpty() || texts.getFirst().isEmpty()) {
      if (required) {
        throw FoursightException.badData("missing 'selector' parameter");
      }
      return List.of();
    }
    try {
      return PromqlParser.parseSelector(texts.getFirst());
    } catch (FoursightException e) {
      throw FoursightException.badData("failed to parse selector: " + e.getMessage());
    }
  }
}
