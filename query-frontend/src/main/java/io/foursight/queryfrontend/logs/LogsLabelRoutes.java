package io.foursight.queryfrontend.logs;

import io.foursight.model.LabelMatcher;
import io.foursight.model.Labels;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.logs.FieldName;
import io.foursight.model.logs.LogsSelect;
import io.foursight.model.logs.LogsSource;
import io.foursight.queryfrontend.logs.LogsParameters.Range;
import io.foursight.querylanguages.logql.parse.DottedNames;
import io.foursight.querylanguages.logql.parse.LogqlParser;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.logs.json.LokiJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/// Stream labels: `labels`, `label/{name}/values`, `series`, `detected_labels`.
final class LogsLabelRoutes {
  /// Labels that Drilldown always offers, whatever their values look like.
  private static final Set<String> ALWAYS_DETECTED =
      Set.of("cluster", "namespace", "instance", "pod");

  private static final Pattern ID =
      Pattern.compile(
          "(urn:uuid:)?X{8}-X{4}-X{4}-X{4}-X{12}|\\{X{8}-X{4}-X{4}-X{4}-X{12}\\}|X{32}"
              .replace("X", "[0-9a-fA-F]"));

  private final LogsReadDesk desk;

  LogsLabelRoutes(LogsReadDesk desk) {
    this.desk = desk;
  }

  HttpReply labels(HttpCall call) {
    return texts(call, (source, select) -> source.labelNames(select));
  }

  HttpReply labelValues(HttpCall call) {
    String name = FieldName.answered(call.pathParameter("name"));
    return texts(call, (source, select) -> source.labelValues(name, select));
  }

  private HttpReply texts(HttpCall call, BiFunction<LogsSource, LogsSelect, List<String>> answer) {
    List<TenantId> tenants = call.tenants();
    LogsParameters parameters = desk.parameters(call);
    LogsSelect select = select(call, tenants, parameters, matchers(parameters.query()));
    List<String> found =
        desk.inSlot(tenants, select.budget(), source -> answer.apply(source, select));
    return LogsReadDesk.json(out -> {
      out.raw("{\"status\":\"success\"");
      if (!found.isEmpty()) {
        LokiJson.texts(out.raw(",\"data\":"), found);
      }
      out.raw('}');
    });
  }

  /// @param text empty, or a selector; its pipeline does not count here
  private static List<LabelMatcher> matchers(String text) {
    return text.isBlank() ? List.of() : LogqlParser.parseMatchers(DottedNames.answered(text));
  }

  private LogsSelect select(
      HttpCall call,
      List<TenantId> tenants,
      LogsParameters parameters,
      List<LabelMatcher> matchers) {
    Range range = desk.allowed(tenants, parameters.range());
    QueryBudget budget = desk.budget(call, tenants);
    return new LogsSelect(
        tenants.getFirst(), range.startNanos(), range.endNanos(), matchers, budget);
  }

  HttpReply series(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    LogsParameters parameters = desk.parameters(call);
    var asked = new ArrayList<>(call.parameters("match[]"));
    asked.addAll(call.parameters("match"));
    if (asked.isEmpty()) {
      asked.add("");
    }
    List<List<LabelMatcher>> groups =
        asked.stream().map(LogsLabelRoutes::matchers).distinct().toList();
    LogsSelect all = select(call, tenants, parameters, List.of());
    Set<Labels> found =
        desk.inSlot(
            tenants,
            all.budget(),
            source -> {
              var union = new TreeSet<Labels>();
              for (List<LabelMatcher> group : groups) {
                union.addAll(
                    source.series(
                        new LogsSelect(
                            all.tenant(), all.startNanos(), all.endNanos(), group, all.budget())));
              }
              return union;
            });
    return LogsReadDesk.json(out -> {
      out.raw("{\"status\":\"success\",\"data\":[");
      boolean first = true;
      for (Labels labels : found) {
        if (!first) {
          out.raw(',');
        }
        LokiJson.labels(out, labels);
        first = false;
      }
      out.raw("]}");
    });
  }

  private static boolean isId(String value) {
    FieldType type = FieldType.of(value);
    return type == FieldType.INT || type == FieldType.FLOAT || ID.matcher(value).matches();
  }

  /// Label names with their number of values; labels whose values are all ids are left out, because
  /// nobody groups by them.
  HttpReply detectedLabels(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    LogsParameters parameters = desk.parameters(call);
    LogsSelect select = select(call, tenants, parameters, matchers(parameters.query()));
    List<Labels> series = desk.inSlot(tenants, select.budget(), source -> source.series(select));
    Map<String, Set<String>> values = new TreeMap<>(Labels::compareText);
    for (Labels labels : series) {
      labels.forEach(
          (name, value) -> values.computeIfAbsent(name, n -> new HashSet<>()).add(value));
    }
    values
        .entrySet()
        .removeIf(e ->
            !ALWAYS_DETECTED.contains(e.getKey())
                && e.getValue().stream().allMatch(LogsLabelRoutes::isId));
    return LogsReadDesk.json(out -> {
      out.raw("{\"detectedLabels\":[");
      boolean first = true;
      for (var label : values.entrySet()) {
        out.raw(first ? "{\"label\":" : ",{\"label\":").text(label.getKey());
        out.raw(",\"cardinality\":").number(label.getValue().size()).raw('}');
        first = false;
      }
      out.raw("]}");
    });
  }
}
