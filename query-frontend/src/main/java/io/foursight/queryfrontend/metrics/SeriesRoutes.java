package io.foursight.queryfrontend.metrics;

import io.foursight.model.ErrorKind;
import io.foursight.model.FoursightException;
import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.TimeRange;
import io.foursight.model.metrics.Annotations;
import io.foursight.model.metrics.Exemplar;
import io.foursight.model.metrics.ExemplarSeries;
import io.foursight.model.metrics.MergingSeriesCursor;
import io.foursight.model.metrics.MetricMetadata;
import io.foursight.model.metrics.MetricsQueryRunner.Options;
import io.foursight.model.metrics.MetricsSelect;
import io.foursight.model.metrics.MetricsSource;
import io.foursight.model.metrics.SeriesCursor;
import io.foursight.querylanguages.promql.ast.Expr;
import io.foursight.querylanguages.promql.parse.PromqlParser;
import io.foursight.querylanguages.stack.DeepStack;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.metrics.json.PrometheusJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/// `series`, `labels`, `label/{name}/values`, `metadata` and `query_exemplars`: answers without
/// evaluation.
final class SeriesRoutes {
  private static final Annotations TRUNCATED =
      new Annotations(List.of("results truncated due to limit"), List.of());

  private final ReadDesk desk;

  SeriesRoutes(ReadDesk desk) {
    this.desk = desk;
  }

  HttpReply series(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    var parameters = new Parameters(call);
    int limit = parameters.limit("limit");
    TimeRange range = range(parameters);
    List<List<LabelMatcher>> selectors = selectors(call);
    if (selectors.isEmpty()) {
      throw FoursightException.badData("no match[] parameter provided");
    }
    QueryBudget budget = desk.budget(call, tenants, parameters.duration("timeout"));
    List<Labels> found = new ArrayList<>();
    boolean more =
        desk.inSlot(
            tenants,
            budget,
            source -> collect(source, tenants, range, selectors, budget, limit, found));
    return ReadDesk.success(
        4L * found.size(),
        more ? TRUNCATED : Annotations.NONE,
        out -> {
          out.raw('[');
          for (int i = 0; i < found.size(); i++) {
            if (i > 0) {
              out.raw(',');
            }
            PrometheusJson.labels(out, found.get(i));
          }
          out.raw(']');
        });
  }

  /// @return whether there were more than `limit`
  private static boolean collect(
      MetricsSource source,
      List<TenantId> tenants,
      TimeRange range,
      List<List<LabelMatcher>> selectors,
      QueryBudget budget,
      int limit,
      List<Labels> found) {
    var cursors = new ArrayList<SeriesCursor>();
    try {
      for (List<LabelMatcher> matchers : selectors) {
        cursors.add(source.series(new MetricsSelect(tenants.getFirst(), range, matchers, budget)));
      }
      SeriesCursor merged = MergingSeriesCursor.of(cursors);
      while (merged.next()) {
        if (limit > 0 && found.size() == limit) {
          return true;
        }
        found.add(merged.labels());
        if ((found.size() & 1023) == 0) {
          budget.check();
          budget.charge(1024L * 200);
        }
      }
      return false;
    } finally {
      cursors.forEach(SeriesCursor::close);
    }
  }

  HttpReply labels(HttpCall call) {
    return texts(call, MetricsSource::labelNames);
  }

  HttpReply labelValues(HttpCall call) {
    String name = Parameters.labelName(call.pathParameter("name"));
    if (name.isEmpty()) {
      throw FoursightException.badData("invalid label name: \"\"");
    }
    return texts(call, (source, select) -> source.labelValues(name, select));
  }

  private HttpReply texts(
      HttpCall call, BiFunction<MetricsSource, MetricsSelect, List<String>> ask) {
    List<TenantId> tenants = call.tenants();
    var parameters = new Parameters(call);
    int limit = parameters.limit("limit");
    TimeRange range = range(parameters);
    List<List<LabelMatcher>> selectors = selectors(call);
    QueryBudget budget = desk.budget(call, tenants, parameters.duration("timeout"));
    List<List<LabelMatcher>> asked = selectors.isEmpty() ? List.of(List.of()) : selectors;
    List<String> found =
        desk.inSlot(
            tenants,
            budget,
            source -> {
              var all = new ArrayList<List<String>>();
              for (List<LabelMatcher> matchers : asked) {
                budget.check();
                all.add(
                    ask.apply(
                        source, new MetricsSelect(tenants.getFirst(), range, matchers, budget)));
              }
              return union(all);
            });
    boolean more = limit > 0 && found.size() > limit;
    List<String> shown = more ? found.subList(0, limit) : found;
    return ReadDesk.success(
        shown.size(), more ? TRUNCATED : Annotations.NONE, out -> PrometheusJson.texts(out, shown));
  }

  private static List<String> union(List<List<String>> inputs) {
    if (inputs.size() == 1) {
      return inputs.getFirst();
    }
    var all = new TreeSet<String>(Labels::compareText);
    inputs.forEach(all::addAll);
    return List.copyOf(all);
  }

  HttpReply metadata(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    var parameters = new Parameters(call);
    int limit = signed(parameters, "limit");
    int perMetric = signed(parameters, "limit_per_metric");
    QueryBudget budget = desk.budget(call, tenants, parameters.duration("timeout"));
    String metric = parameters.text("metric");
    List<MetricMetadata> found =
        desk.inSlot(tenants, budget, source -> source.metadata(tenants.getFirst(), metric));
    Map<String, List<MetricMetadata>> families = new TreeMap<>(Labels::compareText);
    for (MetricMetadata each : found) {
      families.computeIfAbsent(each.metricFamily(), f -> new ArrayList<>()).add(each);
    }
    var shown = new TreeMap<String, List<MetricMetadata>>(Labels::compareText);
    for (var family : families.entrySet()) {
      if (limit >= 0 && shown.size() >= limit) {
        break;
      }
      List<MetricMetadata> all = family.getValue();
      shown.put(
          family.getKey(),
          perMetric > 0 && all.size() > perMetric ? all.subList(0, perMetric) : all);
    }
    return ReadDesk.success(
        found.size(), Annotations.NONE, out -> PrometheusJson.metadata(out, shown));
  }

  /// Here, unlike elsewhere, an absent limit and 0 differ: 0 means none at all.
  private static int signed(Parameters parameters, String name) {
    String text = parameters.text(name);
    if (text.isEmpty()) {
      return -1;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw FoursightException.badData(name + " must be a number");
    }
  }

  HttpReply exemplars(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    var parameters = new Parameters(call);
    TimeRange range = range(parameters);
    Expr query = parsed("query", parameters.text("query"));
    QueryBudget budget = desk.budget(call, tenants, parameters.duration("timeout"));
    Set<List<LabelMatcher>> selectors =
        DeepStack.call(
            query.depth(),
            () -> {
              var all = new LinkedHashSet<List<LabelMatcher>>();
              selectorsOf(query, all);
              return all;
            });
    List<ExemplarSeries> found =
        desk.inSlot(
            tenants,
            budget,
            source -> {
              Map<Labels, Set<Exemplar>> all = new TreeMap<>();
              for (List<LabelMatcher> matchers : selectors) {
                var select = new MetricsSelect(tenants.getFirst(), range, matchers, budget);
                for (ExemplarSeries series : source.exemplars(select)) {
                  all.computeIfAbsent(series.labels(), l -> new LinkedHashSet<>())
                      .addAll(series.exemplars());
                }
              }
              return all.entrySet().stream()
                  .map(e ->
                      new ExemplarSeries(
                          e.getKey(),
                          e.getValue().stream()
                              .sorted(Comparator.comparingLong(Exemplar::timestampMillis))
                              .toList()))
                  .toList();
            });
    return ReadDesk.success(
        found.size(), Annotations.NONE, out -> PrometheusJson.exemplars(out, found));
  }

  private static void selectorsOf(Expr e, Set<List<LabelMatcher>> into) {
    if (e instanceof Expr.VectorSelector selector) {
      into.add(selector.matchers());
    }
    e.children().forEach(child -> selectorsOf(child, into));
  }

  private static TimeRange range(Parameters parameters) {
    long start = parameters.time("start").orElse(Long.MIN_VALUE);
    long end = parameters.time("end").orElse(Long.MAX_VALUE);
    if (end < start) {
      throw Parameters.invalid("end", "end timestamp must not be before start time");
    }
    return new TimeRange(start, end);
  }

  private static List<List<LabelMatcher>> selectors(HttpCall call) {
    var all = new ArrayList<List<LabelMatcher>>();
    for (String text : call.parameters("match[]")) {
      List<LabelMatcher> matchers;
      try {
        matchers = PromqlParser.parseSelector(text);
      } catch (FoursightException e) {
        throw wrapped("match[]", e);
      }
      if (matchers.stream().allMatch(LabelMatcher::matchesEmpty)) {
        throw Parameters.invalid("match[]", "match[] must contain at least one non-empty matcher");
      }
      all.add(matchers);
    }
    return all;
  }

  private static Expr parsed(String parameter, String query) {
    try {
      return PromqlParser.parse(query, Options.ALL);
    } catch (FoursightException e) {
      throw wrapped(parameter, e);
    }
  }

  private static FoursightException wrapped(String parameter, FoursightException e) {
    return e.kind() == ErrorKind.BAD_DATA ? Parameters.invalid(parameter, e.getMessage()) : e;
  }
}
