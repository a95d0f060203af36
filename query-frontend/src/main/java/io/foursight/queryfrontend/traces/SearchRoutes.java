package io.foursight.queryfrontend.traces;

import io.foursight.model.Deadline;
import io.foursight.model.FoursightException;
import io.foursight.model.QueryBudget;
import io.foursight.model.TenantId;
import io.foursight.model.traces.TracesQueryRunner.Found;
import io.foursight.model.traces.TracesQueryRunner.Search;
import io.foursight.queryfrontend.traces.SearchDesk.Range;
import io.foursight.runtime.http.HttpCall;
import io.foursight.runtime.http.HttpReply;
import io.foursight.wire.traces.tempo.SearchProgress;
import io.foursight.wire.traces.tempo.TempoMessages;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `GET /api/search`: TraceQL in `q`, or tags as before it, in `tags` or as parameters of their
/// own.
final class SearchRoutes {
  private static final Set<String> KNOWN =
      Set.of("q", "tags", "minDuration", "maxDuration", "limit", "spss", "start", "end");

  private final TracesReadDesk desk;

  SearchRoutes(TracesReadDesk desk) {
    this.desk = desk;
  }

  HttpReply search(HttpCall call) {
    List<TenantId> tenants = call.tenants();
    var parameters = new TracesParameters(call);
    TracesQueryLimits limits = desk.limits(tenants);
    Range range =
        SearchDesk.range(
            parameters.seconds("start"), parameters.seconds("end"), limits.maxSearchDuration());
    QueryBudget budget = desk.budget(tenants, Deadline.NONE, call::onCancel);
    Search search =
        SearchDesk.search(
            tenants,
            query(call, parameters),
            range,
            parameters.number("limit", 1).orElse(0),
            parameters.number("spss", 0).orElse(0),
            budget);
    Found found =
        desk.run(
            tenants,
            budget,
            desk.metrics().search,
            search.query(),
            runner -> runner.search(search, unused -> {}));
    var progress = SearchProgress.done(found.stats());
    return Answers.of(
        call,
        json -> json.search(found.traces(), progress, limits.leftPadTraceIds()),
        () -> new TempoMessages().search(found.traces(), progress, limits.leftPadTraceIds()));
  }

  private static String query(HttpCall call, TracesParameters parameters) {
    String query = parameters.text("q");
    String tags = parameters.text("tags");
    if (!query.isEmpty()) {
      if (!tags.isEmpty()) {
        throw FoursightException.badData(
            "invalid request: can't specify tags and q in the same query");
      }
      return query;
    }
    Map<String, String> byName = LegacySearch.logfmt(tags);
    if (tags.isEmpty() && parameters.text("start").isEmpty()) {
      byName = new LinkedHashMap<>();
      for (Map.Entry<String, List<String>> one : call.parameters().entrySet()) {
        if (!KNOWN.contains(one.getKey()) && !one.getValue().isEmpty()) {
          byName.put(one.getKey(), one.getValue().getFirst());
        }
      }
    }
    Duration min = parameters.duration("minDuration").orElse(Duration.ZERO);
    Duration max = parameters.duration("maxDuration").orElse(Duration.ZERO);
    if (!max.isZero() && max.compareTo(min) <= 0) {
      throw FoursightException.badData("invalid maxDuration: must be greater than minDuration");
    }
    return LegacySearch.traceql(byName, min, max);
  }
}
